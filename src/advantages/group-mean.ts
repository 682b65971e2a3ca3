import type { Baseline } from '../method.ts'
import { labelled } from './siblings.ts'

/**
 * The mean of the whole group, itself included: A[t] = G[t] - mean_k G_k[0] (arXiv:2503.20783).
 * The only labelled rollout of a group has nothing to be compared with and gets zeros.
 */
export function groupMean(): Baseline {
  const baseline: Baseline = (group, returns_G) => {
    const members_G = labelled('groupMean', group, returns_G)
    const firsts = members_G.flatMap(m => (m === null ? [] : [m.returns_T[0]]))
    const mean = firsts.reduce((a, b) => a + b, 0) / firsts.length
    return members_G.map((member, g) => {
      if (member === null || firsts.length < 2)
        return new Float32Array(group.rollouts[g].ids.length)
      return member.returns_T.map((x, t) => (member.written_T[t] === 1 ? x - mean : 0))
    })
  }
  const formula = {
    name: 'mean of the group',
    formula: 'A[t] = G[t] - mean over the labelled rollouts k, itself too, of G_k[0]',
    source: 'arXiv:2503.20783',
  }
  return Object.assign(baseline, { formula })
}
groupMean.trial = {}
