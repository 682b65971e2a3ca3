// What a way to train a process reward model is: a loss, the head that it needs, what of a labelled solution it learns,
// and what the number means that the trained model says.

import type { Engine, StepOptions } from '../../../engine/engine.ts'
import { type Options, resolve, type Values } from '../../../recipe.ts'
import type { Ask } from '../../../rewards/remote/chat.ts'
import type { PrmLayout } from '../../layout.ts'
import type { Tokens } from '../../reading.ts'
import type { LabelledSolution } from '../../solution.ts'
import type { LabelRule } from '../labels.ts'
import type { Objective } from '../objective.ts'

/** What examples are made with. */
export interface View {
  readonly layout: PrmLayout
  readonly tokens: Tokens
  readonly positions: number // tokens that the model reads
  readonly rule: Pick<LabelRule, 'mode' | 'threshold'>
  readonly long: 'leave-out' | 'windows' // what a solution of more tokens is
  readonly ask?: Ask | null // the chat model, where one is named
  /**
   * Right texts of a solution's step, where tokens inside steps are labelled too: a right step's all right, those of the
   * first wrong one right until no right text can follow. Null: only the tokens at which steps are read.
   */
  readonly inside: ((solution: LabelledSolution, step: number) => readonly string[]) | null
}

/** Solutions that gave no example, all for one reason. */
export interface LeftOut {
  readonly count: number
  readonly first: string // what was wrong with the first of them
}

export interface Examples<E> {
  readonly examples: readonly E[]
  readonly leftOut: readonly LeftOut[]
}

/** One way to train; `E` is what it learns one by one. */
export interface PrmMethod<O extends Options = Options, E = unknown> {
  readonly name: string
  readonly paper: string
  readonly about: string
  /** Outputs of the token-classification head that it trains; 0: a language model without one. */
  readonly outputs: number
  /** Labels that each token inside a step can have, the first of which says right; 0: none. */
  readonly insideTargets: number
  /** Whether what the number means gives its threshold; otherwise one is chosen on validation data. */
  readonly ownThreshold: boolean
  readonly learningRate: number // at its peak, for models of about a million parameters
  readonly options: O
  /** How the trained model is asked, given how texts are laid out. */
  layout(base: PrmLayout, options: Values<O>): PrmLayout
  objective(options: Values<O>): Objective<E>
  /** `reference`: the model as it was before training, where the method says that it needs one. */
  examples(
    solutions: readonly LabelledSolution[],
    view: View,
    options: Values<O>,
    reference: Engine | null,
    signal?: AbortSignal,
  ): Promise<Examples<E>>
  readonly needsReference: boolean
  /** What a step of the optimizer adds to the gradient; default nothing. */
  step?(options: Values<O>): Pick<StepOptions, 'orthogonal'>
  /** The layout of the trained model, with what it is to keep of what it learned from; default as it was. */
  finish?(
    layout: PrmLayout,
    model: Engine,
    examples: readonly E[],
    options: Values<O>,
    signal?: AbortSignal,
  ): Promise<PrmLayout>
}

/** Checks a method against its own options and examples, then forgets their types, so that methods fit in one table. */
export function method<O extends Options, E>(method: PrmMethod<O, E>): PrmMethod {
  return method as unknown as PrmMethod
}

/** The options of a method, some overridden by text; refuses what the method does not declare. */
export function optionsOf(
  { name, options }: PrmMethod,
  overrides: Readonly<Record<string, string>> = {},
): Values {
  return resolve({ name: `--loss ${name}`, options }, overrides)
}
