// A procedural task: endless problems of known difficulty, and an oracle that judges every step of
// any solution. What people pay for by hand (PRM800K's labels) is here exact, so judges and
// policies can be measured against it.

import { DataError } from '../../errors.ts'
import type { Random } from '../../numbers/random.ts'
import type { Problem } from '../../types.ts'
import { drawMistake, kindsOf, type Mistake, type MistakeKind, type WrongStep } from './mistakes.ts'

/** What a step does, right or wrong: it says what to do, does it, or gives the answer. */
export type StepKind = 'plan' | 'solve' | 'answer'

/** `right` is null after the first wrong step, where right and wrong are no longer defined. */
export interface StepVerdict {
  readonly right: boolean | null
  /** 'right', 'repeats' of a right step that was there before, or what is wrong. */
  readonly why: string
  /** By the step's form alone, also after a wrong step; null for a text of no known form. */
  readonly kind: StepKind | null
}

export interface TaskFamily {
  readonly name: string
  /** A problem of difficulty 0 (one-digit results) to 3. */
  generate(random: Random, difficulty: number): Problem
  /** Judges each step on the state that the steps before it left. */
  oracle(problem: Problem, steps: readonly string[]): StepVerdict[]
  /** Right texts of the step that follows `steps`, all of them right: none after the answer. */
  rightSteps(problem: Problem, steps: readonly string[]): readonly string[]
  /** A plausible wrong text for steps[index]; null when the steps before it are not all right. */
  wrongStep(
    problem: Problem,
    steps: readonly string[],
    index: number,
    random: Random,
  ): string | null
  /** The kinds of mistakes that its wrong steps show. */
  readonly mistakeKinds: readonly MistakeKind[]
  /** As wrongStep, with the kind of mistake; of one kind where one is asked for, null where that does not apply. */
  mistake(
    problem: Problem,
    steps: readonly string[],
    index: number,
    random: Random,
    kind?: MistakeKind,
  ): WrongStep | null
}

/**
 * What a task must have, and as much more as it knows. `grade` judges a solution's text where a boxed answer is not what
 * decides: a reward, true, false, or null where it cannot say.
 */
export type Task = Pick<TaskFamily, 'name' | 'generate'> &
  Partial<Omit<TaskFamily, 'name' | 'generate'>> & {
    grade?(problem: Problem, text: string): number | boolean | null
  }

/** What a step makes of a state: the next state ('solved' after the answer), or what is wrong. */
export type Advance<S> =
  | { readonly next: S | 'solved'; readonly why?: string }
  | { readonly wrong: string }

/** A rule of steps: the state a problem starts in, and what a step makes of a state. */
export interface StepRule<S> {
  start(problem: Problem): S
  advance(state: S, step: string): Advance<S>
  /** Right texts of the next step; at least the canonical one. */
  right(state: S): readonly string[]
  /** What a step does, by its form; default: a boxed number answers, any other text solves. */
  kindOf?(step: string): StepKind | null
}

/** What a family says of steps, from a rule and the mistakes that its wrong steps are drawn from. */
export function byRule<S>(
  rule: StepRule<S>,
  mistakes: readonly Mistake<S>[],
): Omit<TaskFamily, 'name' | 'generate'> {
  const mistake: TaskFamily['mistake'] = (problem, steps, index, random, kind) => {
    const before = steps.slice(0, index)
    const state = stateAfter(rule, problem, before)
    if (state === null || state === 'solved') return null
    const isWrong = (at: S, text: string): boolean => 'wrong' in rule.advance(at, text)
    return drawMistake(isWrong, { state, before }, mistakes, random, kind)
  }
  return {
    oracle: (problem, steps) => judge(rule, problem, steps),
    rightSteps(problem, steps) {
      const state = stateAfter(rule, problem, steps)
      return state === null || state === 'solved' ? [] : rule.right(state)
    },
    mistakeKinds: kindsOf(mistakes),
    mistake,
    wrongStep: (problem, steps, index, random) =>
      mistake(problem, steps, index, random)?.text ?? null,
  }
}

/** Judges steps one after another up to the first wrong one. */
function judge<S>(rule: StepRule<S>, problem: Problem, steps: readonly string[]): StepVerdict[] {
  let state: S | 'solved' | 'lost' = rule.start(problem)
  return steps.map((step, i) => {
    const kind = kindOf(rule, step.trim())
    if (state === 'lost') return { right: null, why: 'after a wrong step', kind }
    const advance: Advance<S> = take(rule, state, step)
    if ('next' in advance) {
      state = advance.next
      return { right: true, why: advance.why ?? 'right', kind }
    }
    state = 'lost'
    const repeats = step.trim() !== '' && steps.slice(0, i).some(one => one.trim() === step.trim())
    return { right: false, why: repeats ? 'repeats' : advance.wrong, kind }
  })
}

function kindOf<S>(rule: StepRule<S>, step: string): StepKind | null {
  if (boxedNumber(step) !== null) return 'answer'
  if (rule.kindOf) return rule.kindOf(step)
  return step === '' ? null : 'solve'
}

/** The state that steps leave; null where one of them is wrong. */
function stateAfter<S>(
  rule: StepRule<S>,
  problem: Problem,
  steps: readonly string[],
): S | 'solved' | null {
  let state: S | 'solved' = rule.start(problem)
  for (const step of steps) {
    const advance: Advance<S> = take(rule, state, step)
    if ('wrong' in advance) return null
    state = advance.next
  }
  return state
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
