// Solutions as token sequences that fit a model. One that is too long is refused, or cut into windows: the prompt, some
// steps that were scored before as context, and then steps to score.

import type { Engine, ModelInfo } from '../../engine/engine.ts'
import type { Next } from '../../engine/served/next.ts'
import { DataError } from '../../errors.ts'
import type { PrmLayout } from '../layout.ts'
import { type Reading, readingOf, type Tokens } from '../reading.ts'
import type { Solution } from '../solution.ts'

/** A model that is asked by one verb, here or on a server. */
export type Asked<Verb extends 'classify' | 'score' | 'sample'> = Pick<Engine, Verb | 'close'> & {
  readonly info: Omit<ModelInfo, 'parameters'>
  /** How likely some tokens are after a text, where that costs less than scores of each of them. */
  readonly next?: Next | null
}

/** A model, and what laying out texts for it needs. */
export interface AskedModel<Verb extends 'classify' | 'score' | 'sample'> {
  readonly engine: Asked<Verb>
  readonly tokens: Tokens
}

export interface ModelScorerOptions {
  readonly name?: string // default: the layout's
  /** What a solution longer than the model's context is: a DataError, or scored in windows. Default 'refuse'. */
  readonly long?: 'refuse' | 'windows' | undefined
  /** What a step that holds the separator is: a DataError, or read as it is. Default 'refuse'. */
  readonly separators?: 'refuse' | 'keep' | undefined
}

/** Some steps of a solution, and which of them are scored here: those from `scored` on. */
export interface Window {
  readonly from: number
  readonly scored: number
  readonly to: number // exclusive
  readonly reading: Reading // of from..to
}

/** Where a window's steps are read that are scored in it. */
export function readsOf({ from, scored, reading }: Window): readonly number[] {
  return reading.reads_S.slice(scored - from)
}

/**
 * The windows of a solution, of at most `positions` tokens each; one where it fits, none where it has no steps that are not
 * judged. A step that
 * fits no window, or, where windows are not asked for, a solution that is too long, is a DataError.
 */
export function windowsOf(
  solution: Solution,
  layout: PrmLayout,
  tokens: Tokens,
  positions: number,
  { long = 'refuse', separators = 'refuse' }: ModelScorerOptions = {},
): Window[] {
  const { id, steps, judged = 0 } = solution
  if (steps.length <= judged) return []
  const read = (from: number, to: number): Reading =>
    readingOf(solution, layout, tokens, { separators, from, to })
  const whole = read(0, steps.length)
  if (whole.ids.length <= positions)
    return [{ from: 0, scored: judged, to: steps.length, reading: whole }]
  if (long === 'refuse')
    throw new DataError(
      `solution ${id}: ${whole.ids.length} tokens; the model reads ${positions}. ` +
        `Ask for windows (--long windows), or leave it out`,
    )
  const lengths_S = whole.ends_S.map((end, s) => end - (whole.ends_S[s - 1] ?? whole.promptLength))
  const out: Window[] = []
  const room = positions - whole.promptLength
  for (
    let [from, done] = [contextFrom(lengths_S, judged, room / 2), judged];
    done < steps.length;
  ) {
    const window = fitting(read, lengths_S, { from, done, room })
    if (window === null) {
      if (from === done)
        throw new DataError(
          `solution ${id}: step ${done} and the prompt have more than the ${positions} tokens that the model reads`,
        )
      from = Math.min(done, from + 1) // less context
      continue
    }
    out.push(window)
    done = window.to
    from = contextFrom(lengths_S, done, room / 2)
  }
  return out
}

/** The longest window from `from` on whose tokens, by the lengths of its steps, fit in `room`; null where no new step does. */
function fitting(
  read: (from: number, to: number) => Reading,
  lengths_S: readonly number[],
  { from, done, room }: { from: number; done: number; room: number },
): Window | null {
  let [to, used] = [from, 0]
  while (to < lengths_S.length && used + lengths_S[to]! <= room) used += lengths_S[to++]!
  for (; to > done; to--) {
    const reading = read(from, to)
    // tokens that spanned two steps, or what closes the last one, can make it longer than the sum
    if (reading.ids.length - reading.promptLength <= room)
      return { from, scored: done, to, reading }
  }
  return null
}

/** The first of the steps before `done` that together have at most `room` tokens. */
function contextFrom(lengths_S: readonly number[], done: number, room: number): number {
  let [from, used] = [done, 0]
  while (from > 0 && used + lengths_S[from - 1]! <= room) used += lengths_S[--from]!
  return from
}

/**
 * What is asked of a model in one go: the windows of some solutions. `ask` gives one score for each of the steps that a
 * window scores; those that were judged before have none.
 */
export async function scoreWindows(
  solutions: readonly Solution[],
  windowsOfOne: (solution: Solution) => readonly Window[],
  ask: (windows: readonly Window[]) => Promise<readonly (readonly number[])[]>,
): Promise<(number | null)[][]> {
  const windows_P = solutions.map(windowsOfOne)
  const found = (await ask(windows_P.flat())).values()
  return windows_P.map((windows, p) => {
    const { judged = 0 } = solutions[p]!
    const known = new Array<null>(Math.min(judged, solutions[p]!.steps.length)).fill(null)
    return [...known, ...windows.flatMap(() => found.next().value!)]
  })
}
