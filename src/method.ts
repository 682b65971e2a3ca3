// What a method is made of: a choice for each stage of the pipeline, and what flows between them.

import type { Engine, Group, Problem } from './types.ts'

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
/** What a rollout earns beside its outcome, whatever that is. */
export interface Shaping {
  readonly shaping_G: readonly number[]
}
export type Rewards = Outcome & Partial<StepRewards & Divergence & TokenValues & Shaping>

/** Returns of one stream for one group: returns[g][t] credits token t; null where the rollout has no label. */
export type Returns = readonly (Float32Array | null)[]

/** Named returns of one group, one entry per stream ('process', 'outcome', ...). */
export type Streams<K extends string = string> = Readonly<Record<K, Returns>>

/** Computes the reward streams of groups; the only stage beside rollouts that may call models. */
export type Scorer<R> = (groups: readonly Group[], signal?: AbortSignal) => Promise<readonly R[]>

/** Turns one group's rewards into returns per token. Pure and synchronous. */
export type Credit<R, K extends string = string> = (group: Group, rewards: R) => Streams<K>

/** Turns one stream's returns of one group into advantages; an unlabelled rollout gets zeros. */
export type Baseline = (group: Group, returns_G: Returns) => readonly Float32Array[]

export interface BatchAdvantages {
  readonly advantages_P_G_T: readonly (readonly Float32Array[])[]
  readonly metrics: Readonly<Record<string, number>>
}

/** Combines the streams of a whole batch into one advantage per token. Pure and synchronous. */
export type Advantages<K extends string = string> = (
  groups_P: readonly Group[],
  streams_P: readonly Streams<K>[],
) => BatchAdvantages

/** What a loss sees of one rollout; every array has one entry per sampled token. */
export interface LossInput {
  readonly logprobs_T: Float32Array // of the policy being trained
  readonly sampled_T: Float32Array // of the policy that sampled, at temperature 1
  readonly drawn_T: Float32Array // of what was drawn from: after temperature and every filter
  readonly proximal_T: Float32Array | null // of the policy at the iteration's start, read by the trainer, when asked for
  readonly reference_T: Float32Array | null // of the frozen reference, when the loss asks for it
  readonly advantages_T: Float32Array
  readonly trained_T: Uint8Array // 1 where the policy wrote the token
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

/** A critic that learns beside the policy: a token classifier with one output. */
export interface Critic<K extends string = string> {
  readonly engine: Engine
  readonly learningRate: number
  readonly values: K // the stream with what it expected when the rollouts were scored
  readonly returns: K // the stream with what it should have expected
  readonly loss: ValueLoss
}

/** How often an iteration goes through its rollouts, and in how many parts, each with an optimizer step. */
export interface Passes {
  readonly epochs: number
  readonly minibatches: number
}

/** One published method: a choice for each stage, in pipeline order. */
export interface Method<R = Rewards, K extends string = string> {
  readonly rollouts: (
    problems: readonly Problem[],
    seed: number,
    signal?: AbortSignal,
  ) => Promise<readonly Group[]>
  readonly rewards: Scorer<R>
  /** Groups that fail this carry no signal and are left out of the update. */
  readonly keep?: (group: Group, rewards: R) => boolean
  readonly credit: Credit<R, K>
  readonly advantages: Advantages<K>
  readonly loss: Loss
  readonly passes?: Passes // default one, whole
  /** Models that learn beside the policy. */
  readonly also?: readonly Critic<K>[]
}
