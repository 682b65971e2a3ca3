// How long the page takes to have all advantages of a group again after a change: rewards, credit, baselines, mask, whitening, and
// the colours' numbers. The middle and the longest of the rounds.

import { cpus } from 'node:os'
import type { ExplainedGroup } from '../page/explained.ts'
import { trial } from '../page/trial.ts'
import { othersThan } from '../src/explain/others.ts'
import { recordedSetup } from '../src/explain/what-if.ts'
import { advantages, credit } from '../src/stages.ts'
import { example } from './credit.ts'

const rollouts = 16
const tokens = 1024
const rounds = 60

export interface WhatIfReport {
  readonly processor: string
  readonly rollouts: number
  readonly tokens: number // of each
  readonly rounds: number
  readonly milliseconds: number // the middle
  readonly longest: number
}

/** Moves the temperature of pure-prm-vr's credit as a slider would: a second. */
export function measureWhatIf(): WhatIfReport {
  const one = recordedGroup()
  const setup = recordedSetup(one)!
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const temperature = 0.01 * (round + 1)
    const choice = { rule: 'soft minimum', options: { temperature } }
    const process = { ...setup.streams.process!, credit: choice }
    const start = performance.now()
    const { changed } = trial(one, { ...setup, streams: { ...setup.streams, process } }, new Map())
    times.push(performance.now() - start)
    if (changed === null) throw new Error('no advantages')
  }
  const sorted = times.sort((a, b) => a - b)
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    ...{ rollouts, tokens, rounds },
    milliseconds: sorted[rounds >> 1]!,
    longest: sorted.at(-1)!,
  }
}

/** A group among others, as a run would have recorded it. */
function recordedGroup(): ExplainedGroup {
  const batch = [0, 1, 2, 3].map(p => example(p, rollouts, [tokens, tokens]))
  const rule = credit.streams({ process: credit.softMin(), outcome: credit.outcome() })
  const [groups_P, rewards_P] = [
    batch.map(({ group }) => group),
    batch.map(({ rewards }) => rewards),
  ]
  const streams_P = batch.map(({ group, rewards }) => rule(group, rewards))
  const combined = advantages.combine(
    {
      process: { baseline: advantages.eq7({ maxTokens: tokens }), weight: 1 },
      outcome: { baseline: advantages.leaveOneOut(), weight: 1 },
    },
    { maskClosing: true, whiten: 'openrlhf' },
  )
  const { trace, advantages_P_G_T } = combined({ groups_P, rewards_P, streams_P })
  const others = othersThan({ groups_P, trace: trace! }, 0)
  const [group, rewards] = [groups_P[0]!, rewards_P[0]!]
  return {
    ...{ group, rewards, others, formulas: rule.formulas ?? {}, loss: null },
    ...{ groups_P: [group], streams_P: [streams_P[0]!], advantages_P_G_T: [advantages_P_G_T[0]!] },
    places: group.rollouts.map((_, g) => g),
    rows_P: [
      group.rollouts.map((_, g) => ({
        outcome: rewards.outcome_G[g]!,
        stepRewards_S: rewards.steps_G_S[g]!,
        parts: {},
        advantages_T: advantages_P_G_T[0]![g]!,
        learned: true,
      })),
    ],
    trace: {
      ...trace!,
      parts: Object.fromEntries(
        Object.entries(trace!.parts).map(([name, part]) => [
          name,
          { ...part, advantages_P_G_T: [part.advantages_P_G_T[0]!] },
        ]),
      ),
      masked_P_G_T: [trace!.masked_P_G_T[0]!],
      kept_P_G_T: [trace!.kept_P_G_T[0]!],
    },
  }
}

export function whatIfLines(report: WhatIfReport): string {
  const { processor, rollouts, tokens, rounds, milliseconds, longest } = report
  return [
    `${processor}: ${rollouts} rollouts of ${tokens} tokens, ${rounds} rounds`,
    `all advantages of the group again: ${milliseconds.toFixed(1)} ms, at most ${longest.toFixed(1)} ms`,
  ].join('\n')
}
