import { written } from '../groups/written.ts'
import type { Advantages, Outcome } from '../method.ts'
import { deviation, mean } from '../numbers/numeric.ts'
import { followed } from './followed.ts'

/**
 * Advantages less their mean over the labelled rollouts of the batch, in units of the deviation there, each rollout counting once
 * however long it is (arXiv:2510.01180, section 3.2); a rollout's is that of its first token of the policy. An unlabelled one keeps
 * its zeros.
 */
export function batchNorm<K extends string>(
  advantages: Advantages<K>,
  { epsilon = 1e-6 } = {},
): Advantages<K, Outcome> {
  return batch => {
    const before = advantages(batch)
    const { advantages_P_G_T, metrics } = before
    const firsts_P_G = batch.groups_P.map(({ rollouts }, p) =>
      rollouts.map((rollout, g) => {
        const first = written(rollout).indexOf(1)
        const known = batch.rewards_P[p]!.outcome_G[g] !== null && first >= 0
        return known ? advantages_P_G_T[p]![g]![first]! : null
      }),
    )
    const known = firsts_P_G.flat().filter(a => a !== null)
    const [centre, spread] = [mean(known), deviation(known) + epsilon]
    const normal_P_G_T = batch.groups_P.map(({ rollouts }, p) =>
      rollouts.map((rollout, g) => {
        const written_T = written(rollout)
        return advantages_P_G_T[p]![g]!.map((a, t) =>
          firsts_P_G[p]![g] === null || written_T[t] === 0 ? a : (a - centre) / spread,
        )
      }),
    )
    return {
      ...followed(
        before,
        {
          name: 'normal in the batch',
          formula: `(A - mean over the rollouts of the batch) / (their deviation + ${epsilon})`,
          source: 'arXiv:2510.01180, section 3.2',
        },
        normal_P_G_T,
      ),
      metrics: { ...metrics, 'advantages/batch_deviation': known.length === 0 ? 0 : spread },
    }
  }
}
batchNorm.trial = { not: 'it moves the advantages of all rollouts of the batch' }
