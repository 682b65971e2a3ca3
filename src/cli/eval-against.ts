// What `minform eval --against FILE` adds: the file is what --out wrote of another policy on the same problems.

import { z } from 'zod'
import { checked } from '../data/checked.ts'
import { fileRows } from '../data/file-rows.ts'
import { DataError } from '../errors.ts'
import type { Boundary } from '../eval/against.ts'
import type { Tally } from '../eval/pass-at-k.ts'
import type { Transitions } from '../eval/transitions.ts'
import { textTable } from '../plot/text-table.ts'
import { questionOf } from '../problems/prompt.ts'
import type { Problem } from '../types.ts'
import { percent } from './percent.ts'

const none: Tally = { graded: 0, right: 0 }

const rowSchema = z.looseObject({
  id: z.string(),
  question: z.string(),
  sampled: z.looseObject({ graded: z.int().min(0), right: z.int().min(0) }),
  rollouts: z.array(z.looseObject({ logprob: z.number().nullish() })).optional(),
})

/** What is known of another evaluation, for some problems in order. */
export interface Others {
  readonly tally_P: readonly Tally[]
  readonly logprobs: readonly number[] // means of the samples under their own policy, of all of them that say so
}

/** Another evaluation of these problems, with empty tallies where it has none. A DataError where it has none at all. */
export async function otherAttempts(file: string, problems: readonly Problem[]): Promise<Others> {
  const found = new Map<string, { tally: Tally; logprobs: readonly number[] }>()
  for await (const { value, where, broken } of fileRows(file)) {
    const fail = (wrong: string): DataError =>
      new DataError(`${where}: ${wrong}; expected a row that minform eval --out writes`)
    if (broken !== null) throw fail(broken)
    const { id, question, sampled, rollouts = [] } = checked(rowSchema, value, fail)
    const logprobs = rollouts.flatMap(({ logprob }) => (logprob == null ? [] : [logprob]))
    found.set(`${id}\n${question}`, { tally: sampled, logprobs })
  }
  const keys = problems.map(problem => `${problem.id}\n${questionOf(problem)}`)
  const known = keys.map(key => found.get(key))
  if (known.some(one => one !== undefined))
    return {
      tally_P: known.map(one => one?.tally ?? none),
      logprobs: known.flatMap(one => one?.logprobs ?? []),
    }
  throw new DataError(
    `--against ${file}: has none of these ${problems.length} problems, of ${found.size} that it has; evaluate both policies on the same problems`,
  )
}

/** What two evaluations of the same problems show, that of the file first. */
export interface Comparison {
  readonly against: Boundary
  readonly transitions: Transitions
}

/** Both curves, who solves what, and how problems moved. */
export function againstLines(file: string, { against, transitions }: Comparison): string[] {
  const { problems, curve, crossing, support } = against
  const { both, gained, lost, neither, retained, discovered, balance } = support
  const known = (share: number | null): string => (share === null ? '-' : percent(share))
  const most = curve.at(-1)?.k ?? 0
  const table = textTable([
    ['one of k right', ...curve.map(({ k }) => String(k))],
    ['this one', ...curve.map(({ tuned }) => percent(tuned))],
    ['that one', ...curve.map(({ base }) => percent(base))],
  ])
  return [
    `against ${file}, n ${problems} problems that both attempted`,
    ...table.split('\n').map(line => `  ${line}`),
    crossing === null
      ? `  the curves do not cross up to k ${most}`
      : `  that one is level from k ${crossing} on`,
    `  solved by both ${both}, by this alone ${gained}, by that alone ${lost}, by neither ${neither}`,
    `  of what that one solves this one keeps ${known(retained)} (n ${both + lost}); new of what it solves ${known(discovered)} (n ${both + gained}); balance ${balance === null ? '-' : balance.toFixed(3)}`,
    ...transitionLines(transitions),
  ]
}

/** Where problems of each share of right samples went. */
function transitionLines({ bins, counts, accuracy, capability, bound }: Transitions): string[] {
  const moved = ([before, after]: readonly [number, number]): string =>
    `${percent(before)}, then ${percent(after)}`
  const table = textTable([
    ['right of that one, then of this', ...bins],
    ...bins.map((name, i) => [name, ...counts[i]!.map(String)]),
  ])
  return [
    `  samples right ${moved(accuracy)}; problems solved at all ${moved(capability)}`,
    `  none right: a chance below ${percent(bound)}, at 95 %`,
    ...table.split('\n').map(line => `  ${line}`),
  ]
}
