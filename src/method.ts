// What a method is made of: a choice for each stage of the pipeline, and what flows between them.

import type { Engine, Scoring } from './engine/engine.ts'
import type { Group, Json, Problem, Rollout } from './types.ts'

/** Streams that the reward stage computes. A missing label is null, never 0. */
export interface Outcome {
  readonly outcome_G: readonly (number | null)[]
}
export interface StepRewards {
  /** null of a rollout whose steps could not all be judged */
  readonly steps_G_S: readonly (Float32Array | null)[]
}
/** log p_policy - log p_reference of each token under the policy that sampled; null where nobody was asked. */
export interface Divergence {
  readonly logRatios_G_T: readonly (Float32Array | null)[]
}
/** What a critic expects of a rollout before each of its tokens. */
export interface TokenValues {
  readonly values_G_T: readonly Float32Array[]
}
/** A reward of each token; null of a rollout that has none. */
export interface TokenRewards {
  readonly tokens_G_T: readonly (Float32Array | null)[]
}
/** Entropies (nats) of what predicted each token; null of a rollout that was not read. */
export interface Entropies {
  readonly entropies_G_T: readonly (Float32Array | null)[]
}
/** Named numbers of each rollout, such as what it earns beside its outcome: recorded and logged under their names. */
export interface Parts<K extends string = string> {
  readonly parts_G: Readonly<Record<K, readonly (number | null)[]>>
}
export type Rewards = Outcome &
  Partial<StepRewards & Divergence & TokenValues & TokenRewards & Entropies & Parts>

/** Returns of one stream for one group: returns[g][t] credits token t; null where the rollout has no label. */
export type Returns = readonly (Float32Array | null)[]

/** Named returns of one group, one entry per stream ('process', 'outcome', ...). */
export type Streams<K extends string = string> = Readonly<Record<K, Returns>>

/** Computes the reward streams of groups; the only stage beside rollouts that may call models. */
export interface Scorer<R> {
  (groups: readonly Group[], signal?: AbortSignal): Promise<readonly R[]>
  /**
   * Begins with a group that is there before the others; the call with all of them takes what was begun, and finds the same.
   * Not there where a judge does better with all at once.
   */
  readonly begin?: ((group: Group, signal?: AbortSignal) => void) | undefined
}

/** Groups, and what their rollouts were rewarded with. */
export interface Rewarded<R = Rewards> {
  readonly groups_P: readonly Group[]
  readonly rewards_P: readonly R[]
}

/** Which rollouts of each group, as indices in it, ascending; none of a group leaves it out. */
export type Select<R = Rewards> = (batch: Rewarded<R>) => readonly (readonly number[])[]

/** What a rule says of itself, for whoever asks why a token got its number. */
export interface Formula {
  readonly name: string // a few words
  readonly formula: string // of t or s, the token or its step
  readonly source: string // the paper, and where in it
  readonly options?: Settings // what it was built with
}

export type Setting = number | string | boolean
export type Settings = Readonly<Record<string, Setting>>

/** What is known of a group where a rule is tried on it. */
export interface Given {
  readonly parts: readonly string[] // names of the recorded parts of the rewards
  readonly maxTokens: number
}

/** What the factory of a rule of credit or a baseline says to whoever tries it on a recorded group. */
export interface Trial<T = never> {
  readonly usual?: (given: Given) => Settings // of what has no default
  /** Of settings that are words; 'parts': the names of the recorded parts. */
  readonly choices?: Readonly<Record<string, readonly string[] | 'parts'>>
  readonly build?: (settings: Settings) => T // where the factory takes something else than settings
  readonly not?: string // why it cannot be tried
}

/** Turns one group's rewards into returns per token. Pure and synchronous. */
export interface Credit<R, K extends string = string> {
  (group: Group, rewards: R): Streams<K>
  readonly formulas?: Readonly<Record<string, Formula | undefined>> // of each stream, where its rule tells
}

/** Turns one stream's returns of one group into advantages; an unlabelled rollout gets zeros. */
export interface Baseline {
  (group: Group, returns_G: Returns): readonly Float32Array[]
  readonly formula?: Formula
}

/** A batch whose tokens are credited. */
export interface Credited<R = Rewards, K extends string = string> extends Rewarded<R> {
  readonly streams_P: readonly Streams<K>[]
}

export interface BatchAdvantages {
  readonly advantages_P_G_T: readonly (readonly Float32Array[])[]
  readonly metrics: Readonly<Record<string, number>>
  readonly trace?: AdvantageTrace // how they came about, where the stage tells
}

/** A sum of streams, each after its baseline; tokens that are masked; and the whitening of what is left. */
export interface AdvantageTrace {
  readonly parts: Readonly<Record<string, TracedPart>>
  readonly masked_P_G_T: readonly (readonly Uint8Array[])[] // 1 where the sum is replaced by 0
  readonly kept_P_G_T: readonly (readonly Float32Array[])[] // the sum after the mask, before the whitening
  readonly whitening: { readonly form: string; readonly mean: number; readonly deviation: number }
  /** What stages after the whitening made of the advantages, in their order; default none. */
  readonly after?: readonly {
    readonly formula: Formula
    readonly advantages_P_G_T: BatchAdvantages['advantages_P_G_T']
  }[]
}
export interface TracedPart {
  readonly weight: number
  readonly formula: Formula | undefined
  readonly advantages_P_G_T: readonly (readonly Float32Array[])[] // before the weight
}

/** Combines the streams of a whole batch into one advantage per token. Pure and synchronous. */
export type Advantages<K extends string = string, R = object> = (
  batch: Credited<R, K>,
) => BatchAdvantages

/** What a loss sees of one rollout; every array has one entry per sampled token. */
export interface LossInput {
  readonly group: number // rollouts of one problem have one number
  readonly outcome: number | null
  readonly logprobs_T: Float32Array // of the policy being trained
  readonly sampled_T: Float32Array // of the policy that sampled, at temperature 1
  readonly drawn_T: Float32Array // of what was drawn from: after temperature and every filter
  readonly proximal_T: Float32Array | null // of the policy at the iteration's start, read by the trainer, when asked for
  readonly reference_T: Float32Array | null // of the frozen reference, when the loss asks for it
  /** Means over the vocabulary of the log-probabilities that predicted each token, of the policy being trained; when asked for. */
  readonly means_T?: Float32Array
  readonly proximalMeans_T?: Float32Array // likewise, of the policy at the iteration's start
  readonly advantages_T: Float32Array
  readonly trained_T: Uint8Array // 1 where the policy wrote the token
  readonly replayed_T: Uint8Array | null // 1 where an earlier iteration sampled the token; null: nowhere
}

/**
 * What each trained token of a rollout counts in a loss: its slope for the log-probability of a token is -weight * advantage where
 * the policy is the one that sampled.
 */
export interface Weighing {
  (batch: readonly Pick<LossInput, 'advantages_T' | 'trained_T'>[]): readonly number[]
  readonly formula: Formula
}

/** A loss over a batch of rollouts and its slope for every log-probability. */
export interface Slope {
  readonly loss: number // without the entropies' terms: those are known once the gradient is
  readonly dlogprobs_G_T: readonly Float32Array[]
  /** The slope for the entropy of what predicted each token, which may not depend on it; default 0. */
  readonly dentropies_G_T?: readonly Float32Array[]
  readonly metrics: Readonly<Record<string, number>>
}

/** A pure function of log-probabilities, which says what must be there beside those of policy and sampler. */
export interface Loss {
  readonly needsReference: boolean
  readonly needsProximal?: boolean // default false
  readonly needsMeans?: boolean // means_T, proximalMeans_T and proximal_T; default false
  /** Minibatches are made of whole groups, as a loss of pairs needs them; default false. */
  readonly wholeGroups?: boolean
  /** Whether it is right for rollouts of an earlier policy too, by how their tokens' probability has changed; default false. */
  readonly offPolicy?: boolean
  readonly needsEntropies?: boolean // its slope has dentropies_G_T; default false
  readonly readsDrawn?: boolean // it reads drawn_T; default false
  readonly weighing?: Weighing // where its slope is a weighted advantage, beside terms that read none
  readonly of: (batch: readonly LossInput[]) => Slope
}

/** What a loss of values sees of one rollout; every array has one entry per sampled token. */
export interface ValueInput {
  readonly values_T: Float32Array // of the critic being trained
  readonly before_T: Float32Array // of the critic at the iteration's start
  readonly returns_T: Float32Array // what it should have expected
  readonly trained_T: Uint8Array // 1 where the policy wrote the token
}

/** A loss over a batch of values, and its slope for every value. */
export interface ValueSlope {
  readonly loss: number
  readonly dvalues_G_T: readonly Float32Array[]
  readonly metrics: Readonly<Record<string, number>>
}

/** A pure function of values. */
export interface ValueLoss {
  readonly of: (batch: readonly ValueInput[]) => ValueSlope
}

/** A model that learns beside the policy, from the rollouts of the same minibatches that have a label in its stream. */
export interface Pupil<K extends string = string> {
  readonly name: string // begins the names of its metrics
  readonly engine: Engine
  readonly learningRate: number
  readonly lesson: ValueLesson<K> | TokenLesson<K>
}

/** The tokens that a model beside the policy reads before a rollout, in the place of its prompt. */
export type Shown = (problem: Problem, rollout: Rollout) => Int32Array

/** What a critic learns, a token classifier with one output: to have said `returns` where it said `values`. */
export interface ValueLesson<K extends string = string> {
  readonly of: 'values'
  readonly values: K // the stream with what it expected when the rollouts were scored
  readonly returns: K // the stream with what it should have expected
  readonly loss: ValueLoss
  readonly shown?: Shown // default the prompt
}

/** What a language model learns: a loss of its own log-probabilities, whose advantages are a stream. */
export interface TokenLesson<K extends string = string> {
  readonly of: 'tokens'
  readonly stream: K
  readonly loss: Loss
  readonly reference: (() => Promise<Scoring>) | null // where the loss needs one
}

/** How often an iteration goes through its rollouts, and in how many parts, each with an optimizer step. */
export interface Passes {
  readonly epochs: number
  readonly minibatches: number
}

/** When a method is built, which it is anew for every iteration. */
export interface Now {
  readonly iteration: number // 1, 2, ...
  readonly iterations: number // of the whole run
  readonly seed: number // of the run
  /** What the method of the iteration before remembered; null before the first. */
  readonly memory: Json
}

/** One published method: a choice for each stage, in pipeline order. */
export interface Method<R = Rewards, K extends string = string> {
  /** The problems of an iteration, `count` of them, from those that `draw` gives one by one; default the next ones. */
  readonly problems?: (draw: () => Problem, count: number) => readonly Problem[]
  readonly rollouts: (
    problems: readonly Problem[],
    seed: number,
    signal?: AbortSignal,
    arrived?: (group: Group) => void, // told of groups that are there before others; they are among those that come
  ) => Promise<readonly Group[]>
  readonly rewards: Scorer<R>
  /** The rollouts that are credited; what is left out of it carries no signal. Default all. */
  readonly select?: Select<R>
  readonly credit: Credit<R, K>
  readonly advantages: Advantages<K, R>
  /** The rollouts that are learned from, once all that were selected have advantages. Default all of those. */
  readonly learns?: (batch: Credited<R, K> & BatchAdvantages) => readonly (readonly number[])[]
  readonly loss: Loss
  /** What the loss compares with, where it asks; default the policy as the run found it. */
  readonly reference?: Scoring
  readonly passes?: Passes // default one, whole
  /** Models that learn beside the policy. */
  readonly also?: readonly Pupil<K>[]
  /** What the next iteration's method is built with: plain data, stored with checkpoints. Default nothing, null. */
  readonly remember?: (batch: Rewarded<R>) => Json
}
