// A group as the page is told of it, in the shape that the stages of training read.

import type { Recorded } from '../src/explain/what-if.ts'
import type { Rewards } from '../src/method.ts'
import type { Group, Rollout } from '../src/types.ts'
import type { GroupAnswer, RolloutAnswer } from '../src/view/api.ts'

/** A group that was credited, as a replay has it. */
export interface ExplainedGroup extends Recorded {
  readonly places: readonly (number | null)[] // of each rollout of the answer among those that were credited
}

/** The group again; null where nothing of it was credited or its recipe is not there. */
export function explainedOf(answer: GroupAnswer): ExplainedGroup | null {
  const { replay, rollouts } = answer
  if (replay === null) return null
  const all = rollouts.map((_, i) => i)
  const credited = all.filter(i => rollouts[i]!.tokens_T.advantages && replay.advantages_G_T[i])
  if (credited.length === 0) return null
  const kept = <T>(list: readonly T[]): T[] => credited.map(i => list[i]!)
  const own = kept(rollouts)
  const group: Group = {
    problem: {
      id: answer.problem,
      prompt: answer.prompt,
      answer: answer.answer,
      solution: null,
      meta: {},
    },
    rollouts: own.map(rolloutOf),
  }
  const floats_G = (lists: readonly (readonly number[] | null)[]) =>
    kept(lists).map(list => floats(list))
  const streams = replay.streams ?? []
  return {
    ...{
      group,
      rewards: rewardsOf(own),
      places: all.map(i => (credited.includes(i) ? credited.indexOf(i) : null)),
    },
    others: replay.others,
    loss: replay.loss && { ...replay.loss, weights_P_G: [kept(replay.loss.weights_G)] },
    groups_P: [group],
    rows_P: [own.map(rowOf)],
    streams_P: [Object.fromEntries(streams.map(one => [one.name, floats_G(one.credit_G_T)]))],
    formulas: Object.fromEntries(streams.map(one => [one.name, one.creditBy ?? undefined])),
    advantages_P_G_T: [floats_G(replay.advantages_G_T) as Float32Array[]],
    ...(replay.streams !== null && {
      trace: {
        parts: Object.fromEntries(
          streams.map(({ name, weight, baselineBy, part_G_T }) => [
            name,
            {
              weight,
              formula: baselineBy ?? undefined,
              advantages_P_G_T: [floats_G(part_G_T) as Float32Array[]],
            },
          ]),
        ),
        masked_P_G_T: [kept(replay.masked_G_T!).map(list => Uint8Array.from(list!))],
        kept_P_G_T: [kept(replay.kept_G_T!).map(list => floats(list)!)],
        whitening: replay.whitening!,
        ...(replay.after.length > 0 && {
          after: replay.after.map(({ formula, advantages_G_T }) => ({
            formula,
            advantages_P_G_T: [floats_G(advantages_G_T) as Float32Array[]],
          })),
        }),
      },
    }),
  }
}

function rowOf({ outcome, stepScores, parts, learned, tokens_T }: RolloutAnswer) {
  const advantages_T = floats(tokens_T.advantages ?? null)
  return { outcome, stepRewards_S: floats(stepScores), parts, learned, advantages_T }
}

function rolloutOf(answer: RolloutAnswer): Rollout {
  const { text, tokens, steps, spans, branch, stop, tokens_T } = answer
  const own = (name: string): Float32Array =>
    floats(tokens_T[name] ?? null) ?? new Float32Array(tokens)
  return {
    ...{
      promptIds: new Int32Array(0),
      ids: new Int32Array(tokens),
      text,
      branch,
      weightVersion: 0,
    },
    logprobs_T: own('logprobs'),
    sampledLogprobs_T: own('sampledLogprobs'),
    stop: stop as Rollout['stop'],
    steps: steps.map(step => ({ ...step, state: 'complete' })),
    spans: spans as Rollout['spans'],
  }
}

function rewardsOf(rollouts: readonly RolloutAnswer[]): Rewards {
  const tokens = (name: string) =>
    rollouts.map(one => floats(one.tokens_T[`reward ${name}`] ?? null))
  const parts = [...new Set(rollouts.flatMap(one => Object.keys(one.parts)))]
  return {
    outcome_G: rollouts.map(one => one.outcome),
    steps_G_S: rollouts.map(one => floats(one.stepScores)),
    logRatios_G_T: tokens('log_ratios'),
    tokens_G_T: tokens('tokens'),
    entropies_G_T: tokens('entropies'),
    ...(rollouts.every(one => one.tokens_T['reward values']) && {
      values_G_T: tokens('values') as Float32Array[],
    }),
    parts_G: Object.fromEntries(
      parts.map(name => [name, rollouts.map(one => one.parts[name] ?? null)]),
    ),
  }
}

/** What is no number was lost on the way, as JSON has none. */
function floats(list: readonly (number | null)[] | null): Float32Array | null {
  return list && Float32Array.from(list, x => x ?? Number.NaN)
}
