import type { Abilities, Engine, Scoring } from './engine/engine.ts'
import { ConfigError } from './errors.ts'
import type { Method, Now, Outcome, Rewards, Scorer, StepRewards } from './method.ts'
import type { RunCode } from './rewards/coded-factors.ts'
import { type PatternName, patternNames } from './rewards/patterns.ts'
import type { Ask } from './rewards/remote/chat.ts'
import type { Sampler } from './rollouts/sampler.ts'
import type { Search } from './search/search.ts'
import { nearest } from './text/nearest.ts'
import type { Rollout, RolloutPlace } from './types.ts'

export type Value = string | number | boolean

/** One tunable of a recipe: its default, what it does, and what a number may be. */
export interface Option<V extends Value = Value> {
  readonly default: V
  readonly help: string
  readonly min?: number
  readonly max?: number
  readonly integer?: boolean
  readonly choices?: readonly string[] // what a text may be
}
export type Options = Readonly<Record<string, Option>>
export type Values<O extends Options = Options> = {
  readonly [N in keyof O]: O[N] extends Option<infer V> ? V : never
}

/**
 * What a recipe cannot learn without: a process reward model, problems whose answers can be graded, worked solutions, a chat
 * model, an environment that gives parts.
 */
export type Need = 'prm' | 'grader' | 'solutions' | 'chat' | 'environment'

/** A model that learns beside the policy, from which it starts as a copy. */
export interface Beside {
  readonly about: string // what it is for, in a few words
  readonly classes: number | null // outputs of a new head, of a token classifier; null: the policy's own
}

/** What a recipe may ask of the policy as it is: how likely tokens are, entropies, hidden states, and its weights. */
export type Policy = Pick<Engine, 'abilities' | 'version' | 'score' | 'hidden' | 'weights'>

/** What the run gives a recipe to build its method from. */
export interface Needs {
  readonly sample: (n: number) => Method['rollouts']
  readonly explore: (search: Search) => Method['rollouts'] // what a search finds, asking the run's judge
  readonly grade: Scorer<Outcome>
  readonly scoreSteps: Scorer<StepRewards>
  readonly reference: () => Promise<Scoring> // the policy as the run found it, opened when first asked for
  readonly model: (name: string) => Engine // one of those that learn beside the policy
  /** Rollouts of earlier iterations, in order, of origin 'replay': so a method may remember where they stand alone. */
  readonly recall: (places: readonly RolloutPlace[]) => Promise<readonly Rollout[]>
  readonly render: (question: string) => string // the prompt of a question, as the run asks its problems
  readonly ask: Ask // the run's chat model
  readonly mayAsk: Ask | null // the same; null where the run names none
  readonly askOf: (model: Engine) => Ask // a model that stands beside the policy, asked as a chat model
  readonly run: RunCode // what a model wrote, in the sandbox
  readonly policy: Policy // as it is now, to be read
  readonly sampler: Sampler // the policy, its tokenizer, and how it is sampled, for rollouts of another shape
  readonly maxTokens: number // of one rollout
}

/** A policy that is right less often than `below` (sampled, a share) to begin with, and in words what happens to it. */
export interface Failing {
  readonly below: number
  readonly how: string
}

/** One published method: its name, its source, its tunables, and its choice for each stage. */
export interface Recipe<O extends Options = Options> {
  readonly name: string
  readonly paper: string
  readonly about: string
  /** Every known departure from the paper. */
  readonly differs: readonly string[]
  readonly needs: readonly Need[]
  /** Asks a chat model where the run names one, and does without else; default it asks none but by `needs`. */
  readonly mayAsk?: boolean
  /** From where it has been seen to fail; default nowhere. */
  readonly fails?: Failing
  /** Models that learn beside the policy, by name; default none. */
  readonly beside?: Readonly<Record<string, Beside>>
  /** What it asks of the engine beyond what every engine can do, each with what for; default nothing. */
  readonly abilities?: Readonly<Partial<Record<keyof Abilities, string>>>
  /** Those that are not of the method (`learningRate`, `learningRateEnd`, `labelled`) are read by the run. */
  readonly options: O
  /** Forms of answers that get a bad reward (rewards/patterns.ts), beside those that the run names; default none. */
  readonly gates?: (options: Values<O>) => readonly PatternName[]
  /** The most rollouts of one problem; default the option `groupSize`. */
  readonly rollouts?: (options: Values<O>) => number
  /** Called before every iteration: what is to outlive one is remembered by the method, not by a closure. */
  build(options: Values<O>, needs: Needs, now: Now): Method
}

/** The most rollouts that a recipe asks for of one problem; 1 of one that does not say. */
export function rolloutsOf({ rollouts }: Pick<Recipe, 'rollouts'>, options: Values): number {
  return rollouts?.(options) ?? Number(options.groupSize ?? 1)
}

/** Forms of answers that get a bad reward: those of the recipe, and those that a run names. */
export function gatesOf(
  { gates }: Pick<Recipe, 'gates'>,
  options: Values,
  named: readonly PatternName[],
): readonly PatternName[] {
  const all = [...(gates?.(options) ?? []), ...named]
  return patternNames.filter(name => all.includes(name))
}

/** The moment of an iteration that is the only one, or that nothing is known of. */
export const once: Now = { iteration: 1, iterations: 1, seed: 0, memory: null }

/** Options that every recipe for a policy has, so that compared methods start from equal values. */
export const learning = {
  groupSize: { default: 8, help: 'rollouts of one problem', min: 2, integer: true },
  learningRate: { default: 1e-4, help: 'step size of AdamW', min: 0 },
  learningRateEnd: { default: 1, help: 'share of it that is left at the end', min: 0, max: 1 },
} satisfies Options

/** Options of recipes that go through their rollouts more than once, or in parts. */
export const passes = {
  epochs: { default: 1, help: 'times that a rollout is learned from', min: 1, integer: true },
  minibatches: { default: 1, help: 'optimizer steps of an epoch', min: 1, integer: true },
} satisfies Options

/** Options that PURE's recipes and their control share. */
export const common = {
  ...learning,
  klCoef: { default: 1e-3, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
  klRewardCoef: { default: 0, help: 'weight of the KL in the reward, likewise', min: 0 },
  clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
  maskClosing: { default: true, help: "no advantage on a step's closing token" },
  whiten: { default: true, help: 'advantages of a batch to mean 0 and deviation 1' },
} satisfies Options

/** What PURE's recipes by process rewards share beside that. */
export const softMinimum = {
  ...common,
  temperature: { default: 0.1, help: 'of the soft minimum over steps', min: 1e-6 },
} satisfies Options

/** Of recipes that learn from a judge alone or nearly so: what pleases it and solves nothing is not left to it. */
export const gatedForms = {
  option: {
    gated: {
      default: true,
      help: 'answers of a form that solves nothing get a bad reward',
    },
  },
  gates: ({ gated }: { readonly gated: boolean }): readonly PatternName[] =>
    gated ? patternNames : [],
} as const

/** Where eq. 7 of PURE fails: most steps are bad, and tokens that are not written are paid for (docs/results-map.md). */
export const weakStart: Failing = {
  below: 0.2,
  how: 'this credit has led such policies to short wrong answers; worst-step-vr and worst-step, which gate those, have not, from 9 % up',
}

/** Checks a recipe against its own options, then forgets their types, so that recipes fit in one table. */
export function recipe<O extends Options>(recipe: Recipe<O>): Recipe {
  return recipe as unknown as Recipe
}

/** Checks that rewards, credit and advantages fit together, then forgets what flows between them. */
export function method<R extends Rewards, K extends string>(method: Method<R, K>): Method {
  return method as unknown as Method
}

/** The options of a recipe, some overridden by text; refuses what the recipe does not declare. */
export function resolve(
  { name: owner, options }: Pick<Recipe, 'name' | 'options'>,
  overrides: Readonly<Record<string, string>> = {},
): Values {
  const values = Object.fromEntries(Object.entries(options).map(([n, o]) => [n, o.default]))
  for (const [name, text] of Object.entries(overrides)) {
    if (!Object.hasOwn(options, name)) throw new ConfigError(unknownOption(owner, name, options))
    values[name] = parse(`option '${name}' of ${owner}`, text, options[name])
  }
  return values
}

function unknownOption(owner: string, name: string, options: Options): string {
  const names = Object.keys(options)
  const meant = nearest(name, names)
  const hint = meant === undefined ? '' : ` (did you mean '${meant}'?)`
  return `${owner} has no option '${name}'${hint}; it has ${names.join(', ')}`
}

function parse(what: string, text: string, option: Option): Value {
  const type = typeof option.default
  const { choices } = option
  if (choices !== undefined && !choices.includes(text))
    throw new ConfigError(`${what} is one of ${choices.join(', ')}, got '${text}'`)
  if (type === 'string') return text
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (type === 'boolean' || !Number.isFinite(number))
    throw new ConfigError(
      `${what} must be ${type === 'boolean' ? 'true or false' : 'a finite number'}, got '${text}'`,
    )
  const { min = -Infinity, max = Infinity, integer = false } = option
  if (integer && !Number.isInteger(number))
    throw new ConfigError(`${what} must be a whole number, got '${text}'`)
  if (number < min) throw new ConfigError(`${what} must be at least ${min}, got '${text}'`)
  if (number > max) throw new ConfigError(`${what} must be at most ${max}, got '${text}'`)
  return number
}
