import type { Baseline, Given } from '../method.ts'
import { type Member, siblings } from './siblings.ts'

/**
 * The baseline of PURE's verl code, which is not its eq. 7: a mean of summed returns,
 * A[t] = G[t] - sum_k sum_j G_k[j] / ((K - 1) * maxTokens) over the others k.
 * As there, a missing label counts as a reward of 0. A group of one gets zeros.
 */
export function verl({ maxTokens }: { maxTokens: number }): Baseline {
  if (!(maxTokens > 0)) throw new RangeError(`verl: maxTokens must be above 0, got ${maxTokens}`)
  const known = siblings('verl', { worth: member => summed(member) / maxTokens })
  const baseline: Baseline = (group, returns_G) =>
    known(
      group,
      returns_G.map((returns_T, g) => returns_T ?? new Float32Array(group.rollouts[g].ids.length)),
    )
  const formula = {
    name: 'mean of summed returns',
    formula: `A[t] = G[t] - sum over the others k and their tokens j of G_k[j] / ((K - 1) * ${maxTokens})`,
    source: "PURE's verl code",
    options: { maxTokens },
  }
  return Object.assign(baseline, { formula })
}
verl.trial = { usual: ({ maxTokens }: Given) => ({ maxTokens }) }

function summed({ returns_T, written_T }: Member): number {
  let total = 0
  for (let t = 0; t < returns_T.length; t++) if (written_T[t] === 1) total += returns_T[t]
  return total
}
