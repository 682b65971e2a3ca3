import type { Loss, LossInput } from '../../src/method.ts'
import { f32 } from '../example-groups.ts'

/** What a loss sees of a rollout; the reference differs from the policy by a little. */
export function input(
  logprobs: readonly number[],
  sampled: readonly number[],
  advantages: readonly number[],
  trained: readonly number[] = logprobs.map(() => 1),
): LossInput {
  return {
    group: 0,
    outcome: null,
    replayed_T: null,
    logprobs_T: f32(...logprobs),
    sampled_T: f32(...sampled),
    drawn_T: f32(...sampled.map((x, t) => x + (t % 2 ? 0.9 : -0.2))),
    proximal_T: f32(...sampled.map((x, t) => x + (t % 2 ? -0.05 : 0.1))),
    reference_T: f32(...logprobs.map((x, t) => x + (t % 2 ? 0.4 : -0.3))),
    advantages_T: f32(...advantages),
    trained_T: Uint8Array.from(trained),
  }
}

/** A batch of three rollouts, the last of no tokens; far from the kinks of the clip. */
export const batch: readonly LossInput[] = [
  input([-1, -0.5, -2, -1.5], [-1.05, -1, -1.5, -1.4], [1, 1, -1, -1], [1, 1, 1, 0]),
  input([-0.3, -2], [-0.7, -1.2], [-2, 0.5], [1, 1]),
  input([], [], [], []),
]

/** Central differences of a loss, one log-probability at a time. */
export function numericSlope(loss: Loss, batch: readonly LossInput[], h = 1e-2): number[][] {
  return batch.map(({ logprobs_T }, g) =>
    Array.from(logprobs_T, (x, t) => {
      const at = (d: number) =>
        loss.of(batch.with(g, { ...batch[g], logprobs_T: logprobs_T.with(t, x + d) })).loss
      return (at(h) - at(-h)) / (2 * h)
    }),
  )
}
