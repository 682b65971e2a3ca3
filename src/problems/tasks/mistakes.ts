// Mistakes of those who solve a problem, by kind, so that a judge's recall can be told for each kind.

import { pick, type Random } from '../../numbers/random.ts'

/** What can go wrong in a step, whatever the task; no task knows all of them. */
export const mistakeKinds = [
  'result', // another result of the right operation
  'carry', // a ten that is not carried, or not borrowed
  'operand', // another number goes into the operation, by a slip
  'operator', // another operation
  'order', // operands in the wrong order
  'sign', // a term changes sides with its sign
  'half-done', // done on one side, or to one term, of two
  'copied', // a number of the rest, or another number of the problem, where the right one belongs
  'distractor', // a number that is not needed
  'dropped', // a term is left out
  'unit', // a wrong unit, a wrong conversion or none
  'skipped', // two steps in one, or a later one first
  'repeated', // a step that was done already
  'plan', // words about what to do, where doing it is due
  'early-stop', // an answer before it is known
  'answer', // another answer than what was found
  'other', // a mistake that names no kind
] as const
export type MistakeKind = (typeof mistakeKinds)[number]

/**
 * A mistake somebody could make in a state, after the steps before it: the whole text of the step, or null where it does
 * not apply.
 */
export interface Mistake<S> {
  (state: S, random: Random, before: readonly string[]): string | null
  readonly kind?: MistakeKind
}

/** A wrong text of a step, and the mistake that made it. */
export interface WrongStep {
  readonly text: string
  readonly kind: MistakeKind
}

/** A mistake that says its kind. */
export function asMistake<S>(
  kind: MistakeKind,
  make: (state: S, random: Random, before: readonly string[]) => string | null,
): Mistake<S> {
  return Object.assign(
    (state: S, random: Random, before: readonly string[]) => make(state, random, before),
    { kind },
  )
}

/** A step before this one, once more. */
export const repeatedStep: Mistake<unknown> = asMistake('repeated', (_, random, before) =>
  before.length === 0 ? null : pick(random, before),
)

/** The kinds of some mistakes, each once. */
export function kindsOf<S>(mistakes: readonly Mistake<S>[]): readonly MistakeKind[] {
  return [...new Set(mistakes.map(({ kind = 'other' }) => kind))]
}

/** Draws mistakes, of one kind where one is asked for, until one gives a step that is wrong. */
export function drawMistake<S>(
  isWrong: (state: S, step: string) => boolean,
  { state, before }: { readonly state: S; readonly before: readonly string[] },
  mistakes: readonly Mistake<S>[],
  random: Random,
  wanted?: MistakeKind,
): WrongStep | null {
  const some = mistakes.filter(({ kind = 'other' }) => wanted === undefined || kind === wanted)
  if (some.length === 0) return null
  for (let tries = 0; tries < 200; tries++) {
    const mistake = pick(random, some)
    const text = mistake(state, random, before)
    if (text === null || !isWrong(state, text.trim())) continue
    return { text, kind: mistake.kind ?? 'other' }
  }
  return null
}

/** A number that a slip of counting makes of a number; at least 0 if that was. */
export function slip(value: number, random: Random): number {
  const by = pick(random, [1, 1, 1, 2, 3, 10])
  return random() < 0.5 || (value >= 0 && value < by) ? value + by : value - by
}

/** What an operation gives when its ten is not carried or not borrowed; null where it has none. */
export function withoutCarry(left: number, operator: string, right: number): number | null {
  const [a, b] = [left % 10, right % 10]
  if (left < 0 || right < 0) return null
  if (operator === '+') return a + b < 10 ? null : left + right - 10
  if (operator === '-') return a >= b || left < right ? null : left - right + 10
  if (operator !== '*' || (left < 10 && right < 10)) return null
  const carried = Math.floor((a * b) / 10)
  return carried === 0 ? null : left * right - 10 * carried
}
