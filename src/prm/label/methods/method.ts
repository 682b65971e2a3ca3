// What a way to label is, by the name that a command line knows it by: what it can be told, with its default.

import type { Option, Options, Values } from '../../../recipe.ts'
import type { Problem } from '../../../types.ts'
import type { StepScorer } from '../../score/step-scorer.ts'
import type { Labeler, Labelling } from '../labeler.ts'
import type { StepOracle } from '../labelled.ts'
import type { Mutate } from '../mutation.ts'
import type { OmegaOptions } from '../omega.ts'
import type { LabelledProblem } from '../work.ts'

/** What a method is given beside its options. */
export interface LabelNeeds {
  readonly seed: number
  readonly judge: StepScorer | null
  readonly oracleOf: (problem: Problem) => StepOracle | null
  readonly mutateOf: (problem: Problem) => Mutate
  readonly onTree?: NonNullable<OmegaOptions['onTree']>
}

/** A method labels solutions, or makes labelled ones of a problem. */
export type Labels =
  | { readonly kind: 'solutions'; readonly labeler: Labeler }
  | {
      readonly kind: 'problem'
      readonly label: (problem: Problem, before: Problem | null) => Labelling<LabelledProblem> // the one before it, of all
    }

/** One way to label: its name, its source, what it does, what it can be told. */
export interface LabelMethod<O extends Options = Options> {
  readonly name: string
  readonly paper: string
  readonly about: string
  /** Every known departure from the paper. */
  readonly differs: readonly string[]
  readonly options: O
  /** It starts from worked solutions, and asks no policy; default it asks one. */
  readonly fromWorked?: boolean
  /** It asks a judge of steps; default it asks none. */
  readonly asksJudge?: boolean
  /** It asks a chat model in words; default it asks none. */
  readonly asksChat?: boolean
  /** Labels above it say right, where they are held against an oracle's; default 0: any completion was right. */
  readonly rightAbove?: number
  /** The environment that says whether a solution is right; default a grader does. */
  readonly judgedBy?: string
  build(options: Values<O>, needs: LabelNeeds): Labels
}

/** How many completions a step is judged by. */
export const completions = (standard: number): Option<number> => ({
  default: standard,
  help: 'rollouts from the end of a step',
  min: 1,
  integer: true,
})

/** A whole number from 1. */
export const whole = (standard: number, help: string): Option<number> => ({
  default: standard,
  help,
  min: 1,
  integer: true,
})

/** A number from 0 to 1. */
export const share = (standard: number, help: string): Option<number> => ({
  default: standard,
  help,
  min: 0,
  max: 1,
})

/** Above which share of the value a step is right. */
export const ratio = (standard: number): Option<number> =>
  share(standard, "a step is right where more than this share of the problem's value is left")

/** Options of labels by completions of every step. */
export const sampling = {
  completions: completions(8),
  stopAtFirst: { default: false, help: 'no step after the first without a right completion' },
  trustAnswers: { default: false, help: 'steps of right answers are right, without a completion' },
}

/** Checks a way to label against its own options, then forgets their types. */
export function method<O extends Options>(one: LabelMethod<O>): LabelMethod {
  return one as unknown as LabelMethod
}

/** A way to label whole solutions. */
export function solutions(labeler: Labeler): Labels {
  return { kind: 'solutions', labeler }
}
