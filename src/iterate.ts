import { plainData } from './data/plain-data.ts'
import { areIndices, pick, subgroup, subsetOf } from './groups/subset.ts'
import type { Batch } from './learn/batch.ts'
import { learn } from './learn/learn.ts'
import type { Learner } from './learn/policy.ts'
import type { BatchAdvantages, Credited, Method, Rewarded, Rewards, Select } from './method.ts'
import { all } from './rewards/select.ts'
import type { Group, Json, Problem } from './types.ts'

export type { Learner } from './learn/policy.ts'

/** Everything that one iteration computed. `dropped` says why nothing was learned; null where something was. */
export interface Iteration extends Rewarded {
  readonly credited: Chosen & Credited & Pick<BatchAdvantages, 'advantages_P_G_T'>
  readonly learned: Pick<Chosen, 'rollouts_P'> // what of the credited ones was learned from
  readonly memory: Json // what the method remembers; null where it does not
  readonly dropped: string | null
  /** Of advantages and the update; iterationMetrics adds those of rollouts and rewards. */
  readonly metrics: Readonly<Record<string, number>>
}

/** Some groups of an iteration, and some rollouts of each. */
export interface Chosen {
  readonly groups: readonly number[] // indices among the groups of the iteration
  readonly rollouts_P: readonly (readonly number[])[] // indices among the rollouts of each of those groups
}

/** One training iteration: problems -> rollouts -> rewards -> credit -> advantages -> update. */
export async function iterate(
  method: Method,
  problems: readonly Problem[],
  learner: Learner,
  seed: number,
  signal?: AbortSignal,
): Promise<Iteration> {
  const begin = (group: Group): void => method.rewards.begin?.(group, signal)
  const groups_P = await method.rollouts(problems, seed, signal, begin)
  const rewards_P = await method.rewards(groups_P, signal)
  const rewarded = { groups_P, rewards_P }
  const memory = method.remember === undefined ? null : plainData(method.remember(rewarded))
  const chosen = chosenBy(method.select, rewarded)
  const kept = only(rewarded, chosen)
  const streams_P = kept.groups_P.map((group, p) => method.credit(group, kept.rewards_P[p]!))
  const credited = { ...kept, streams_P }
  const { advantages_P_G_T, metrics } = method.advantages(credited)
  const batch = { ...credited, advantages_P_G_T }
  const learns_P = method.learns?.({ ...batch, metrics }) ?? batch.groups_P.map(all)
  checkIndices('learns', learns_P, batch.groups_P)
  const { dropped, ...learned } = await learn(method, batchOf(batch, learns_P), learner, seed)
  return {
    ...rewarded,
    credited: { ...chosen, ...batch },
    learned: { rollouts_P: learns_P },
    memory,
    dropped,
    metrics: { ...metrics, ...learned.metrics },
  }
}

/** The rollouts that a method selects; groups of which none is selected are left out. */
function chosenBy(select: Select | undefined, rewarded: Rewarded): Chosen {
  const found_P = select?.(rewarded) ?? rewarded.groups_P.map(all)
  checkIndices('select', found_P, rewarded.groups_P)
  const groups = found_P.map((_, p) => p).filter(p => found_P[p]!.length > 0)
  return { groups, rollouts_P: pick(found_P, groups) }
}

function checkIndices(
  stage: string,
  found_P: readonly (readonly number[])[],
  groups_P: Rewarded['groups_P'],
): void {
  const bad = groups_P.findIndex(
    (group, p) => !areIndices(found_P[p] ?? [-1], group.rollouts.length),
  )
  if (bad < 0 && found_P.length === groups_P.length) return
  const what = bad < 0 ? `${found_P.length} lists` : `[${found_P[bad]}] of group ${bad}`
  throw new RangeError(
    `${stage}: ${what}; expected a list for each of ${groups_P.length} groups, of ascending indices of its rollouts`,
  )
}

/** Some rollouts of a batch, each with what it was rewarded with. */
function only({ groups_P, rewards_P }: Rewarded, { groups, rollouts_P }: Chosen): Rewarded {
  return {
    groups_P: groups.map((p, i) => subgroup(groups_P[p]!, rollouts_P[i]!)),
    rewards_P: groups.map((p, i): Rewards => subsetOf(rewards_P[p]!, rollouts_P[i]!)),
  }
}

/** What is learned from, of what has advantages. */
function batchOf(batch: Batch, rollouts_P: readonly (readonly number[])[]): Batch {
  const some = batch.groups_P.map((_, p) => p).filter(p => rollouts_P[p]!.length > 0)
  const chosen = { groups: some, rollouts_P: pick(rollouts_P, some) }
  return {
    ...only(batch, chosen),
    streams_P: some.map(p =>
      Object.fromEntries(
        Object.entries(batch.streams_P[p]!).map(([name, of_G]) => [
          name,
          pick(of_G, rollouts_P[p]!),
        ]),
      ),
    ),
    advantages_P_G_T: some.map(p => pick(batch.advantages_P_G_T[p]!, rollouts_P[p]!)),
  }
}
