import type { Baseline } from '../method.ts'
import { deviation, mean } from '../numbers/numeric.ts'
import { labelled, told } from './siblings.ts'

/**
 * Returns of tokens against all tokens of the group, of which long rollouts have more: A[t] = (G[t] - mean) / (deviation + 1e-6)
 * over what the policy wrote in labelled rollouts (arXiv:2508.02298). The only labelled rollout of a group gets zeros.
 */
export function tokenNorm(): Baseline {
  return told(
    (group, returns_G) => {
      const members_G = labelled('tokenNorm', group, returns_G)
      const known = members_G.filter(member => member !== null)
      const pooled = known.flatMap(({ returns_T, written_T }) =>
        [...returns_T].filter((_, t) => written_T[t] === 1),
      )
      const [centre, spread] = [mean(pooled), deviation(pooled) + 1e-6]
      return members_G.map((member, g) => {
        if (member === null || known.length < 2)
          return new Float32Array(group.rollouts[g]!.ids.length)
        const { returns_T, written_T } = member
        return returns_T.map((x, t) => (written_T[t] === 1 ? (x - centre) / spread : 0))
      })
    },
    {
      name: 'normal among tokens',
      formula: 'A[t] = (G[t] - mean over all tokens of the group) / (their deviation + 0.000001)',
      source: 'arXiv:2508.02298',
    },
  )
}
tokenNorm.trial = {}
