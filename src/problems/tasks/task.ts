// A procedural task: endless problems of known difficulty, and an oracle that judges every step of
// any solution. What people pay for by hand (PRM800K's labels) is here exact, so judges and
// policies can be measured against it.

import { DataError } from '../../errors.ts'
import { pick, type Random } from '../../random.ts'
import type { Problem } from '../../types.ts'

/** `right` is null after the first wrong step, where right and wrong are no longer defined. */
export interface StepVerdict {
  readonly right: boolean | null
  readonly why: string
}

export interface TaskFamily {
  readonly name: string
  /** A problem of difficulty 0 (one-digit results) to 3. */
  generate(random: Random, difficulty: number): Problem
  /** Judges each step on the state that the steps before it left. */
  oracle(problem: Problem, steps: readonly string[]): StepVerdict[]
  /** A plausible wrong text for steps[index]; null when the steps before it are not all right. */
  wrongStep(
    problem: Problem,
    steps: readonly string[],
    index: number,
    random: Random,
  ): string | null
}

/** What a step makes of a state: the next state ('solved' after the answer), or what is wrong. */
export type Advance<S> = { readonly next: S | 'solved' } | { readonly wrong: string }

/** A rule of steps: the state a problem starts in, and what a step makes of a state. */
export interface StepRule<S> {
  start(problem: Problem): S
  advance(state: S, step: string): Advance<S>
}

/** Judges steps one after another up to the first wrong one. */
export function judge<S>(
  rule: StepRule<S>,
  problem: Problem,
  steps: readonly string[],
): StepVerdict[] {
  let state: S | 'solved' | 'lost' = rule.start(problem)
  return steps.map((step, i) => {
    if (state === 'lost') return { right: null, why: 'after a wrong step' }
    const advance: Advance<S> = take(rule, state, step)
    if ('next' in advance) {
      state = advance.next
      return { right: true, why: 'right' }
    }
    state = 'lost'
    const repeats = step.trim() !== '' && steps.slice(0, i).some(one => one.trim() === step.trim())
    return { right: false, why: repeats ? 'repeats' : advance.wrong }
  })
}

/**
 * A mistake somebody could make in a state: the whole text of the step, or null where it does not
 * apply.
 */
export type Mistake<S> = (state: S, random: Random) => string | null

/** Draws mistakes until one gives a step that the rule judges wrong. */
export function mistaken<S>(
  rule: StepRule<S>,
  problem: Problem,
  before: readonly string[],
  mistakes: readonly Mistake<S>[],
  random: Random,
): string | null {
  let state: S | 'solved' = rule.start(problem)
  for (const step of before) {
    const advance: Advance<S> = take(rule, state, step)
    if ('wrong' in advance) return null
    state = advance.next
  }
  if (state === 'solved') return null
  for (let tries = 0; tries < 200; tries++) {
    const text = pick(random, mistakes)(state, random)
    if (text !== null && 'wrong' in rule.advance(state, text)) return text
  }
  return null
}

/** A text of the problem's meta. */
export function metaText(problem: Problem, key: string): string {
  const value = problem.meta[key]
  if (typeof value === 'string') return value
  throw new DataError(`problem ${problem.id}: meta.${key} is not a text; was it made by this task?`)
}

/** The number in `\boxed{7}` when that is all the step says, as it is written. */
export function boxedNumber(step: string): string | null {
  return /^\\boxed\{(-?\d+)\}$/.exec(step)?.[1] ?? null
}

/** A number that a slip of counting, or of carrying, makes of a number; at least 0 if that was. */
export function slip(value: number, random: Random): number {
  const by = pick(random, [1, 1, 1, 2, 3, 10])
  return random() < 0.5 || (value >= 0 && value < by) ? value + by : value - by
}

/** Refuses difficulties that no task has. */
export function levelOf<T>(levels: readonly T[], difficulty: number): T {
  if (Number.isInteger(difficulty) && difficulty >= 0 && difficulty < levels.length)
    return levels[difficulty]
  throw new RangeError(`generate: difficulty ${difficulty}, expected 0 to ${levels.length - 1}`)
}

function take<S>(rule: StepRule<S>, state: S | 'solved', step: string): Advance<S> {
  if (step.trim() === '') return { wrong: 'empty' }
  if (state === 'solved') return { wrong: 'after the answer' }
  return rule.advance(state, step.trim())
}
