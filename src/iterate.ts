import { type Learner, learn } from './learn.ts'
import type { Method, Rewards, Streams } from './method.ts'
import type { Group, Problem } from './types.ts'

export type { Learner } from './learn.ts'

/** Everything that one iteration computed. `dropped` says why nothing was learned; null where something was. */
export interface Iteration {
  readonly groups_P: readonly Group[]
  readonly rewards_P: readonly Rewards[]
  readonly kept: readonly number[] // indices of the groups that were credited
  readonly streams_P: readonly Streams[] // of the kept ones, as are the advantages
  readonly advantages_P_G_T: readonly (readonly Float32Array[])[]
  readonly dropped: string | null
  /** Of advantages and the update; iterationMetrics adds those of rollouts and rewards. */
  readonly metrics: Readonly<Record<string, number>>
}

/** One training iteration: problems -> rollouts -> rewards -> credit -> advantages -> update. */
export async function iterate(
  method: Method,
  problems: readonly Problem[],
  learner: Learner,
  seed: number,
  signal?: AbortSignal,
): Promise<Iteration> {
  const groups_P = await method.rollouts(problems, seed, signal)
  const rewards_P = await method.rewards(groups_P, signal)
  const kept = indices(groups_P, p => method.keep?.(groups_P[p]!, rewards_P[p]!) ?? true)
  const groups = kept.map(p => groups_P[p]!)
  const streams_P = kept.map(p => method.credit(groups_P[p]!, rewards_P[p]!))
  const { advantages_P_G_T, metrics } = method.advantages(groups, streams_P)
  const batch = { groups_P: groups, streams_P, advantages_P_G_T }
  const { dropped, ...learned } = await learn(method, batch, learner, seed)
  const found = { groups_P, rewards_P, kept, streams_P, advantages_P_G_T, dropped }
  return { ...found, metrics: { ...metrics, ...learned.metrics } }
}

function indices<T>(items: readonly T[], keep: (index: number) => boolean): number[] {
  return items.map((_, i) => i).filter(keep)
}
