// An iteration's groups, and one group with every number of every token.

import { othersThan } from '../explain/others.ts'
import type { Replay } from '../explain/replay.ts'
import { worstStep } from '../explain/run.ts'
import { mean } from '../numbers/numeric.ts'
import type { StoredRollout } from '../runs/rollout-table.ts'
import type { Json } from '../types.ts'
import type {
  DisputedStep,
  GroupAnswer,
  IterationAnswer,
  ReplayAnswer,
  RolloutAnswer,
  RolloutBrief,
} from './api.ts'
import type { Spell } from './spelling.ts'

/** The groups of an iteration's rows. */
export function iterationAnswer(
  iteration: number,
  rows: readonly StoredRollout[],
): IterationAnswer {
  const places = [...new Set(rows.map(row => row.group))]
  return {
    iteration,
    groups: places.map(group => {
      const own = rows.filter(row => row.group === group)
      const { problem, prompt, answer } = own[0]!
      return { group, problem, prompt, answer, rollouts: own.map(rolloutBrief) }
    }),
  }
}

function rolloutBrief(row: StoredRollout): RolloutBrief {
  const { rollout, outcome, ids, stop, learned, advantages_T } = row
  const advantage = advantages_T?.length ? mean(plain(advantages_T)!) : null
  return {
    ...{ rollout, outcome, worst: worstStep(row), tokens: ids.length, stop, learned, advantage },
    disputed: disputedStep(row),
  }
}

function disputedStep({ steps, stepRewards_S, stepLabels_S }: StoredRollout): DisputedStep | null {
  let found: DisputedStep | null = null
  for (const [step, right] of (stepLabels_S ?? []).entries()) {
    const score = stepRewards_S?.[step] ?? null
    if (score === null || right === null || score > 0 === right) continue
    if (found !== null && Math.abs(score) <= Math.abs(found.score)) continue
    found = { step, token: steps[step]!.start, score, right }
  }
  return found
}

/** What belongs to a group beside its rows. */
export interface GroupMore {
  readonly maxTokens: number
  readonly spell: Spell | null
  readonly replay: Replay | null
  readonly why: string | null // there is no replay
}

/** One group of an iteration, by its rows. */
export function groupAnswer(
  own: readonly StoredRollout[],
  { maxTokens, spell, replay, why }: GroupMore,
): GroupAnswer {
  const { iteration, group, problem, prompt, answer } = own[0]!
  return {
    ...{ iteration, group, problem, prompt, answer, maxTokens, why },
    rollouts: own.map(row => rolloutAnswer(row, spell)),
    replay: replay && replayAnswer(replay, own),
  }
}

function rolloutAnswer(row: StoredRollout, spell: GroupMore['spell']): RolloutAnswer {
  const named = (prefix: string, lists: Readonly<Record<string, ArrayLike<number> | null>>) =>
    Object.fromEntries(
      Object.entries(lists).map(([name, list]) => [`${prefix} ${name}`, plain(list)]),
    )
  return {
    ...rolloutBrief(row),
    text: row.text,
    pieces: spell?.(row.ids) ?? null,
    steps: row.steps.map(({ start, end, text }) => ({ start, end, text })),
    stepScores: plain(row.stepRewards_S),
    stepLabels: row.stepLabels_S ?? null,
    spans: row.spans,
    branch: row.branch,
    origin: (row.origin ?? null) as Json,
    parts: row.parts,
    tokens_T: {
      logprobs: plain(row.logprobs_T),
      sampledLogprobs: plain(row.sampledLogprobs_T),
      advantages: plain(row.advantages_T),
      ...named('return', row.returns),
      ...named('reward', row.rewards),
    },
  }
}

/** A group's part of the replay of its iteration: rollouts that were not credited have null. */
function replayAnswer(replay: Replay, own: readonly StoredRollout[]): ReplayAnswer {
  const p = replay.rows_P.findIndex(rows => rows[0]!.group === own[0]!.group)
  const places = own.map(row => (p < 0 ? -1 : replay.rows_P[p]!.indexOf(row)))
  const of = (lists_G: readonly (ArrayLike<number> | null)[] | undefined) =>
    places.map(g => {
      const list = lists_G?.[g] ?? null
      return plain(list)
    })
  const { trace, formulas, streams_P, advantages_P_G_T, distance, loss } = replay
  return {
    distance,
    whitening: trace?.whitening ?? null,
    after: (trace?.after ?? []).map(({ formula, advantages_P_G_T }) => ({
      formula,
      advantages_G_T: of(advantages_P_G_T[p]),
    })),
    others: p < 0 ? null : othersThan(replay, p),
    streams:
      trace === undefined
        ? null
        : Object.entries(trace.parts).map(([name, { weight, formula, advantages_P_G_T }]) => ({
            ...{ name, weight },
            creditBy: formulas[name] ?? null,
            baselineBy: formula ?? null,
            credit_G_T: of(streams_P[p]?.[name]),
            part_G_T: of(advantages_P_G_T[p]),
          })),
    masked_G_T: trace === undefined ? null : of(trace.masked_P_G_T[p]),
    kept_G_T: trace === undefined ? null : of(trace.kept_P_G_T[p]),
    advantages_G_T: of(advantages_P_G_T[p]),
    loss: loss && {
      ...{ formula: loss.formula, steps: loss.steps, passes: loss.passes },
      weights_G: places.map(g => loss.weights_P_G[p]?.[g] ?? null),
    },
  }
}

/** Numbers as JSON takes them; Array.from takes several times as long. */
function plain(numbers: ArrayLike<number> | null): number[] | null {
  if (numbers === null) return null
  const all = new Array<number>(numbers.length)
  for (let i = 0; i < all.length; i++) all[i] = numbers[i]!
  return all
}
