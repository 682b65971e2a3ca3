import { written } from '../groups/written.ts'
import type { Advantages } from '../method.ts'
import { deviation, mean } from '../numbers/numeric.ts'
import { lastBox } from '../text/boxes.ts'
import type { Group } from '../types.ts'
import { combine } from './combine.ts'
import { followed } from './followed.ts'
import { groupNorm } from './group-norm.ts'

/**
 * Outcomes against those of the group, w A, and the group's mean outcome against those of the batch, (1 - w) A', in units of
 * deviations each; w = sigmoid(steep * (H - middle)), H the entropy of the group's answers: where they agree, the group is
 * compared with other groups (arXiv:2508.04138). All labelled rollouts of a group have one A'.
 */
export function consistency({ steep = 20, middle = 0.5 } = {}): Advantages<'outcome'> {
  const plain = combine({ outcome: { baseline: groupNorm(), weight: 1 } })
  return batch => {
    const before = plain(batch)
    const { advantages_P_G_T, metrics } = before
    const outcomes_P = batch.streams_P.map(({ outcome }) =>
      outcome.flatMap(returns_T => (returns_T === null ? [] : [returns_T[0]!])),
    )
    const means = outcomes_P.filter(of => of.length > 0).map(mean)
    const [centre, spread] = [mean(means), deviation(means) + 1e-6]
    const weights_P = batch.groups_P.map(
      group => 1 / (1 + Math.exp(-steep * (answerEntropy(group) - middle))),
    )
    const blended_P_G_T = batch.groups_P.map(({ rollouts }, p) => {
      const [w, others] = [weights_P[p]!, (mean(outcomes_P[p]!) - centre) / spread]
      return rollouts.map((rollout, g) => {
        if (batch.streams_P[p]!.outcome[g] === null) return advantages_P_G_T[p]![g]!
        const written_T = written(rollout)
        return advantages_P_G_T[p]![g]!.map((a, t) =>
          written_T[t] === 1 ? w * a + (1 - w) * others : 0,
        )
      })
    })
    const local = { 'advantages/local_weight': mean(weights_P) }
    return {
      ...followed(
        before,
        {
          name: 'beside the batch',
          formula: `w * A + (1 - w) * (mean of the group - that of the batch) / deviation, w = sigmoid(${steep} * (bits of the answers - ${middle}))`,
          source: 'arXiv:2508.04138',
        },
        blended_P_G_T,
      ),
      metrics: { ...metrics, ...local },
    }
  }
}
consistency.trial = { not: 'it compares groups of the batch with each other' }

/** Bits of the answers of a group, as they stand in their last boxes; a rollout without one has an answer of its own kind. */
export function answerEntropy({ rollouts }: Group): number {
  const counts = new Map<string | null, number>()
  for (const { text } of rollouts) counts.set(lastBox(text), (counts.get(lastBox(text)) ?? 0) + 1)
  const shares = [...counts.values()].map(n => n / rollouts.length)
  return shares.reduce((bits, share) => bits - share * Math.log2(share), 0)
}
