import type { Scoring } from '../engine/engine.ts'
import type { Method } from '../method.ts'
import { concat, mean } from '../numbers/numeric.ts'
import type { Group, Rollout, RolloutPlace } from '../types.ts'
import type { Remembered } from './replay-pool.ts'

export interface Replaying {
  /** The remembered problems of an iteration of so many. */
  readonly replays: (problems: number) => readonly Remembered[]
  readonly recall: (places: readonly RolloutPlace[]) => Promise<readonly Rollout[]>
  readonly engine: Scoring
}

/** An iteration's problems: the next ones, and in place of the last of them those that are remembered. */
export function withReplays({ replays }: Replaying): NonNullable<Method['problems']> {
  return (draw, count) => {
    const again = replays(count).map(({ problem }) => problem)
    return [...Array.from({ length: count - again.length }, draw), ...again]
  }
}

/**
 * Rollouts as `sample` makes them; in the group of a remembered problem one is of an earlier iteration, that of which the policy
 * is surest now, by the mean entropy of its tokens (arXiv:2510.02245, section 3.2). The engine must give entropies.
 */
export function replayed(
  sample: Method['rollouts'],
  { replays, recall, engine }: Replaying,
): Method['rollouts'] {
  return async (problems, seed, signal) => {
    const groups_P = await sample(problems, seed, signal)
    const again = replays(problems.length)
    if (again.length === 0) return groups_P
    const found = (await recall(again.flatMap(({ places }) => places))).values()
    const all = again.map(({ places }) => places.map(() => found.next().value!))
    const surest = await surestOf(all, engine, signal)
    const first = problems.length - again.length
    return groups_P.map((group, p): Group => {
      if (p < first) return group
      return { ...group, rollouts: [surest[p - first]!, ...group.rollouts.slice(1)] }
    })
  }
}

/** Of each list the rollout whose tokens have the lowest mean entropy. */
async function surestOf(
  lists: readonly (readonly Rollout[])[],
  engine: Scoring,
  signal?: AbortSignal,
): Promise<Rollout[]> {
  const sequences = lists.flat().map(({ promptIds, ids }) => concat(promptIds, ids))
  const next = (await engine.score(sequences, signal)).values()
  return lists.map(rollouts => {
    const entropies = rollouts.map(({ promptIds }) => {
      return mean(next.next().value!.entropies!.subarray(promptIds.length - 1))
    })
    return rollouts[entropies.indexOf(Math.min(...entropies))]!
  })
}
