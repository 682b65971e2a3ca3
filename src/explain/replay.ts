// An iteration again, from what a run recorded of it: the credit and advantages of its own recipe, on its rewards.

import type { BatchAdvantages, Credited, Formula, Method, Rewards, Streams } from '../method.ts'
import { rolloutOf, type StoredRollout } from '../runs/rollout-table.ts'
import type { Group } from '../types.ts'
import { type LossWeights, lossWeights } from './loss.ts'

/** What a method made of recorded rollouts, and how far that is from what the run recorded. */
export interface Replay extends Credited, BatchAdvantages {
  readonly rows_P: readonly (readonly StoredRollout[])[] // of each group, those that were credited
  readonly formulas: Readonly<Record<string, Formula | undefined>> // of each stream's credit
  readonly loss: LossWeights | null // null: the loss does not say what tokens count
  /** The largest distance from a recorded return or advantage, in parts of the largest of them; null: there is none to compare. */
  readonly distance: number | null
}

/** Within so much of what was recorded the arithmetic is that of the run: float32, and no more. */
export const sameWithin = 1e-5

/**
 * Credits the rollouts of an iteration that had advantages, by the stages that trained on them. What a method knows beyond
 * its batch, such as a memory, is not recorded with it: then the distance tells. `seed` is that of the iteration.
 */
export function replay(method: Method, rows: readonly StoredRollout[], seed: number): Replay {
  const credited = rows.filter(row => row.advantages_T !== null)
  const places = [...new Set(credited.map(row => row.group))]
  const rows_P = places.map(p => credited.filter(row => row.group === p))
  const groups_P = rows_P.map(groupOf)
  const rewards_P = rows_P.map(rewardsOf)
  const streams_P = groups_P.map((group, p) => method.credit(group, rewards_P[p]!))
  const batch = { groups_P, rewards_P, streams_P }
  const found = method.advantages(batch)
  const { formulas = {} } = method.credit
  const loss = lossWeights(method, groups_P, rows_P, seed)
  const distance = distanceOf(rows_P, streams_P, found)
  return { ...batch, ...found, rows_P, formulas, loss, distance }
}

function groupOf(rows: readonly StoredRollout[]): Group {
  const { problem: id, prompt, answer } = rows[0]!
  return {
    problem: { id, prompt, answer, solution: null, meta: {} },
    rollouts: rows.map(rolloutOf),
  }
}

/** The rewards of a group's rows, as the credit stage had them. */
function rewardsOf(rows: readonly StoredRollout[]): Rewards {
  const tokens = (name: string): (Float32Array | null)[] =>
    rows.map(({ rewards }) => floats(rewards[name] ?? null))
  const has = (name: string): boolean => rows.some(({ rewards }) => rewards[name])
  const parts = [...new Set(rows.flatMap(row => Object.keys(row.parts)))]
  return {
    outcome_G: rows.map(row => row.outcome),
    steps_G_S: rows.map(row => floats(row.stepRewards_S)),
    logRatios_G_T: tokens('log_ratios'),
    parts_G: Object.fromEntries(
      parts.map(name => [name, rows.map(row => row.parts[name] ?? null)]),
    ),
    ...(has('values') && { values_G_T: tokens('values') as Float32Array[] }),
    ...(has('tokens') && { tokens_G_T: tokens('tokens') }),
    ...(has('entropies') && { entropies_G_T: tokens('entropies') }),
  }
}

function floats(values: ArrayLike<number> | null): Float32Array | null {
  return values && Float32Array.from(values)
}

function distanceOf(
  rows_P: Replay['rows_P'],
  streams_P: readonly Streams[],
  { advantages_P_G_T }: BatchAdvantages,
): number | null {
  let [apart, largest, compared] = [0, 0, 0]
  const compare = (now: ArrayLike<number> | null, then: ArrayLike<number> | null): void => {
    if (then === null) return
    for (let t = 0; t < then.length; t++) {
      apart = Math.max(apart, Math.abs((now?.[t] ?? Number.NaN) - then[t]!))
      largest = Math.max(largest, Math.abs(then[t]!))
      compared++
    }
  }
  for (const [p, rows] of rows_P.entries()) {
    for (const [g, row] of rows.entries()) {
      compare(advantages_P_G_T[p]![g]!, row.advantages_T)
      for (const [name, then] of Object.entries(row.returns))
        compare(streams_P[p]![name]?.[g] ?? null, then)
    }
  }
  return compared === 0 ? null : apart / Math.max(largest, 1e-12)
}
