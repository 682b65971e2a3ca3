// What tokens count in the loss of the update that learned from them.

import { written } from '../groups/written.ts'
import { stepsOf } from '../learn/learn.ts'
import type { Formula, Method } from '../method.ts'
import type { Group } from '../types.ts'

/** The optimizer step that learned from a rollout first, and what each of its tokens counts there. */
export interface LossWeight {
  readonly weight: number
  readonly step: number // 1, 2, ...
  readonly rollouts: number // of that step
  readonly tokens: number // that the policy wrote in them
}

/** What the tokens of an iteration count in the loss. */
export interface LossWeights {
  readonly formula: Formula
  readonly steps: number // of the optimizer in one pass
  readonly passes: number
  /** Of each group and rollout that was credited; null where it was not learned from. */
  readonly weights_P_G: readonly (readonly (LossWeight | null)[])[]
}

/** A rollout as it was learned from. */
interface Lesson {
  readonly learned: boolean
  readonly advantages_T: ArrayLike<number> | null
}

/** The weights in an iteration of that seed; null where the loss does not say what tokens count. */
export function lossWeights(
  method: Method,
  groups_P: readonly Group[],
  rows_P: readonly (readonly Lesson[])[],
  seed: number,
): LossWeights | null {
  const { weighing } = method.loss
  if (weighing === undefined) return null
  const lessons = rows_P.flatMap((rows, p) =>
    rows.flatMap(({ learned, advantages_T }, g) =>
      learned
        ? [
            {
              ...{ p, g, trained_T: written(groups_P[p]!.rollouts[g]!) },
              advantages_T: Float32Array.from(advantages_T!),
            },
          ]
        : [],
    ),
  )
  const sizes_P = rows_P.map(rows => rows.filter(({ learned }) => learned).length)
  const steps = stepsOf(
    sizes_P.filter(size => size > 0),
    method,
    seed,
  )
  const { epochs: passes } = method.passes ?? { epochs: 1 }
  const weights_P_G: (LossWeight | null)[][] = rows_P.map(rows => rows.map(() => null))
  const first = steps.slice(0, steps.length / passes)
  for (const [i, places] of first.entries()) {
    const batch = places.map(place => lessons[place]!)
    const tokens = batch.reduce((sum, { trained_T }) => sum + count(trained_T), 0)
    for (const [k, weight] of weighing(batch).entries()) {
      const { p, g } = batch[k]!
      weights_P_G[p]![g] = { weight, step: i + 1, rollouts: batch.length, tokens }
    }
  }
  return { formula: weighing.formula, steps: first.length, passes, weights_P_G }
}

function count(ones_T: Uint8Array): number {
  return ones_T.reduce((a, b) => a + b, 0)
}
