import type { Baseline } from '../method.ts'
import { deviation, mean } from '../numbers/numeric.ts'
import { labelled } from './siblings.ts'

/**
 * GRPO: A[t] = (G[t] - mean_k G_k[0]) / (deviation_k G_k[0] + epsilon) over the labelled rollouts k of the group, itself
 * included, the deviation being that of the group and not of a population it stands for (arXiv:2402.03300, section 4.1.2).
 * The only labelled rollout of a group has nothing to be compared with and gets zeros.
 */
export function groupNorm({ epsilon = 1e-6 } = {}): Baseline {
  if (!(epsilon > 0)) throw new RangeError(`groupNorm: epsilon must be above 0, got ${epsilon}`)
  const baseline: Baseline = (group, returns_G) => {
    const members_G = labelled('groupNorm', group, returns_G)
    const firsts = members_G.flatMap(m => (m === null ? [] : [m.returns_T[0]]))
    const [centre, spread] = [mean(firsts), deviation(firsts) + epsilon]
    return members_G.map((member, g) => {
      const advantages_T = new Float32Array(group.rollouts[g].ids.length)
      if (member === null || firsts.length < 2) return advantages_T
      for (let t = 0; t < advantages_T.length; t++)
        if (member.written_T[t] === 1) advantages_T[t] = (member.returns_T[t] - centre) / spread
      return advantages_T
    })
  }
  const formula = {
    name: 'normal in the group',
    formula: `A[t] = (G[t] - mean_k G_k[0]) / (deviation_k G_k[0] + ${epsilon})`,
    source: 'arXiv:2402.03300, section 4.1.2',
    options: { epsilon },
  }
  return Object.assign(baseline, { formula })
}
groupNorm.trial = {}
