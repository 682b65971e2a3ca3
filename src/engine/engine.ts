// The nouns of engines: what a model is asked, and what it answers.

import type { TokenBytes } from '../tokenizer/tokenizer.ts'
import type { Json, StopReason } from '../types.ts'

export interface ModelInfo {
  readonly architecture: string
  readonly head: 'language-model' | 'token-classification'
  readonly parameters: number
  readonly vocabSize: number
  /** Ids of the vocabulary, ascending, that stand for no token of its tokenizer: never drawn. They count in logprobs_T. */
  readonly absentIds: readonly number[]
  readonly maxPositions: number
  readonly classes: number // outputs of a classification head; 0 for a language model
}

/** Where an engine computes. */
export const devices = ['cpu', 'webgpu', 'cuda'] as const
export type Device = (typeof devices)[number]

/** What decoding multiplies: the weights as they are, or both sides of a projection rounded to 8 bits. */
export const precisions = ['float32', 'int8'] as const
export type Precision = (typeof precisions)[number]

export interface SampleRequest {
  readonly ids: Int32Array // the prompt
  readonly n: number // completions of it
  readonly seed: number // each completion's generator is seeded by (seed, index)
  readonly maxTokens?: number // of each of these; default, and at most, that of the call
}

export interface SampleOptions {
  readonly maxTokens: number
  readonly temperature?: number // > 0; default 1
  readonly topK?: number // only the k most likely tokens; default all
  readonly topP?: number // (0, 1]: only the most likely that together reach it, among the top k; default 1
  readonly greedy?: boolean // default false; then n must be 1
  /** Tokens that come before a stop token can, which has probability 0 until then; default 0, at most maxTokens. */
  readonly minTokens?: number
  readonly stopIds: readonly number[]
  /**
   * 'int8': faster, of a model that is not quite this one; a completion's log-probabilities are those that it was drawn
   * with. Its prompt is read as ever. Default 'float32'.
   */
  readonly precision?: Precision
  /**
   * Texts that end a completion where a token completes one, after the first minTokens; the token is kept whole. Texts
   * are looked for in the completion alone, by its bytes. Needs Engine.spell.
   */
  readonly stopStrings?: readonly string[]
  /**
   * A hint that prompts go on from completions of calls before, and later ones may from these: an engine may keep what it
   * read for them. A prompt that was kept is not read again, so that the last bits of its logits may differ. Default false.
   */
  readonly keep?: boolean
  /** Told of the completions of a request, by its index, once they are there, by engines whose requests end one by one. */
  readonly arrived?: (request: number, completions: readonly Completion[]) => void
  readonly signal?: AbortSignal
}

export interface Completion {
  readonly ids: Int32Array // with the stop token, or the one that completed a stop string
  readonly logprobs_T: Float32Array // of the model: temperature 1, all logits, as score gives them
  readonly sampledLogprobs_T: Float32Array // of what was drawn from: after every filter; 0 where greedy; NaN where unknown
  readonly stop: StopReason
  readonly stopString: string | null // the stop string that the last token completed, where one ended it
  readonly version: number // of the weights that sampled it: Engine.version then
}

/**
 * Log-probabilities and entropies (nats) of ids[1..]: entry i belongs to token i + 1, so length ids.length - 1. NaN where
 * a token was not read.
 */
export interface TokenScores {
  readonly logprobs: Float32Array
  readonly entropies: Float32Array | null // null where the engine has none
  /** Means over the whole vocabulary of the log-probabilities that predicted each; where they were asked for. */
  readonly meanLogprobs?: Float32Array
}

export interface HiddenOptions {
  /** Shares of the layers, in (0, 1], behind which states are read instead, before any norm; default after the last norm. */
  readonly depths?: readonly number[]
}

/** What scores are to hold beside log-probabilities and entropies. */
export interface ScoreOptions {
  readonly meanLogprobs?: boolean // default false
}

/**
 * One sequence to learn from: loss = -sum_i weights[i] * logprob(ids[i + 1]) - sum_i entropyWeights[i] * entropy_i, where
 * entropy_i is that of the distribution that predicted ids[i + 1]. Tokens whose weights are 0 are not read.
 */
export interface WeightedSequence {
  readonly ids: Int32Array
  readonly weights: Float32Array // ids.length - 1
  readonly entropyWeights?: Float32Array // ids.length - 1; default 0
  /**
   * Log-probabilities that ids[1..] were drawn with, by a model that is not quite this one: a weight then counts
   * min(exp(logprob - drawn), importanceLimit) times, a factor through which no gradient passes. ids.length - 1; NaN where
   * it counts as it is. Where sequences share a token, it counts as it was drawn on average. Needs the ability int8.
   */
  readonly drawn?: Float32Array
}

/** Classes to learn at positions: loss = -scale * sum_t sum_c target[t][c] * log softmax(logits[t])[c]. */
export type LabelledSequence = HardLabels | SoftLabels

/** One class a position: its target is 1, the others' 0. */
export interface HardLabels {
  readonly ids: Int32Array
  readonly classes: Int32Array // ids.length; -100 where there is no label
}

/** A target for every class of a position, such as probabilities. */
export interface SoftLabels {
  readonly ids: Int32Array
  readonly targets: Float32Array // [ids.length, classes], each >= 0; NaN where there is no label
}

/** Slopes of a loss for a classifier's logits: loss = sum_t sum_c slopes[t][c] * logits[t][c]. Rows of 0 are not read. */
export interface SlopedSequence {
  readonly ids: Int32Array
  readonly slopes: Float32Array // [ids.length, classes]
}

export interface StepOptions {
  readonly learningRate: number
  readonly betas?: readonly [number, number] // default [0.9, 0.95]
  readonly epsilon?: number // default 1e-8
  readonly weightDecay?: number // default 0, decoupled
  /** 'sgd': plain gradient descent, which remembers nothing; betas and epsilon are not read. Default 'adamw'. */
  readonly rule?: 'adamw' | 'sgd'
  readonly clipNorm?: number | null // default 1; null: the gradient is taken as it is
  /** 'head': only the head, and layers that were new with it, are moved. Default 'all'. */
  readonly only?: 'all' | 'head'
  /**
   * Weight of the orthogonality of a classification head's rows, whose gradient is added: see orthogonal.ts. Default 0; of
   * engines that know their head, as `only` is.
   */
  readonly orthogonal?: number
}

export interface StepResult {
  readonly gradNorm: number // before clipping
  readonly applied: boolean // false when the gradient was not finite: nothing was changed
}

/** How a model is written. */
export interface SaveOptions {
  readonly dtype?: 'float32' | 'float16' | 'bfloat16' // of the weights; default float32
  readonly tokenizer?: string | null // a folder whose tokenizer goes along
  /** What the optimizer remembers goes along, for `restore`; the weights are float32 then. Default false. */
  readonly optimizer?: boolean
  /** False: an adapter alone, as PEFT lays it out, without the weights beneath. Default true: all, the adapter in them. */
  readonly merge?: boolean
  /** What an adapter alone names as the model beneath it; default the path that this one came from. */
  readonly base?: string
  /** Keys for config.json beside the model's own, such as how a reward model is to be asked. They stay when it is saved again. */
  readonly config?: Readonly<Record<string, Json>>
}

/** A sequence, or one that is asked at some positions alone: what nobody asks for need not be computed. */
export type Asked =
  | Int32Array
  | { readonly ids: Int32Array; readonly at: readonly number[] | Int32Array }

/** What says how likely tokens are. */
export type Scoring = Pick<Engine, 'score'>

/** What an engine can do beyond what every engine does. Declared when it is open; asked before a run begins. */
export interface Abilities {
  readonly entropies: boolean // score and accumulate give them, and entropyWeights are learned
  readonly classes: boolean // classify, accumulateClasses, accumulateLogits, of a model with such a head
  readonly minTokens: boolean // SampleOptions.minTokens > 0
  readonly clipNorm: boolean // where false, StepOptions.clipNorm must be null
  readonly shapedLogprobs: boolean // sampledLogprobs_T away from temperature 1 without filters; else NaN there
  readonly exactSeeds: boolean // one request gives the same tokens again
  readonly onlyHead: boolean // StepOptions.only = 'head', and orthogonal above 0
  readonly wholeFolders: boolean // save writes a Hugging Face folder with all weights
  readonly hiddenStates: boolean // hidden
  readonly meanLogprobs: boolean // ScoreOptions.meanLogprobs
  readonly blends: boolean // weights, blend
  readonly sgd: boolean // StepOptions.rule = 'sgd'
  readonly int8: boolean // SampleOptions.precision = 'int8', and WeightedSequence.drawn
}

/** Tokens that a server was asked for since an engine of it was opened, those counted that were asked for again. */
export interface Spent {
  readonly read: number // prompts, once for all their completions, and sequences that were scored
  readonly sampled: number
  readonly learned: number
}

/** A model that samples, scores and learns: the verbs are those of a distributed engine too. */
export interface Engine {
  readonly info: ModelInfo
  readonly abilities: Abilities
  /** How often the weights were changed: optimizer steps, and blends. */
  readonly version: number
  /** The frozen weights beneath an adapter: this model with the adapter off. Null where there is none. */
  readonly base: Scoring | null
  /** What a server was asked for so far; absent where there is none. */
  spent?(): Spent
  /** Tells the engine what its tokens spell, once, so that it can look for stop strings. */
  spell(tokens: TokenBytes): Promise<void>
  /** Completions by the weights as they are when this is called, also where a step is asked for before they are there. */
  sample(
    requests: readonly SampleRequest[],
    options: SampleOptions,
  ): Promise<readonly (readonly Completion[])[]>
  score(
    sequences: readonly Int32Array[],
    signal?: AbortSignal,
    options?: ScoreOptions,
  ): Promise<readonly TokenScores[]>
  /** Hidden states after the last norm, which the head reads: row-major [T, width] a sequence; with depths [T, depths * width]. */
  hidden(
    sequences: readonly Int32Array[],
    signal?: AbortSignal,
    options?: HiddenOptions,
  ): Promise<readonly Float32Array[]>
  /** Logits of a classification head, row-major [T, classes] a sequence; at positions that are not asked they may be NaN. */
  classify(sequences: readonly Asked[], signal?: AbortSignal): Promise<readonly Float32Array[]>
  /** Adds the gradient of the weighted log-likelihood; returns the scores of the tokens that have a weight. */
  accumulate(
    sequences: readonly WeightedSequence[],
    signal?: AbortSignal,
  ): Promise<readonly TokenScores[]>
  /** Adds the gradient of the class loss, times scale; returns the loss. */
  accumulateClasses(
    sequences: readonly LabelledSequence[],
    scale: number,
    signal?: AbortSignal,
  ): Promise<number>
  /** Adds the gradient of any loss of a classification head's logits, whose slopes for them are given. */
  accumulateLogits(sequences: readonly SlopedSequence[], signal?: AbortSignal): Promise<void>
  /** One step on the accumulated gradient, which it then clears. */
  step(options: StepOptions): Promise<StepResult>
  /** Forgets the accumulated gradient. */
  clear(): Promise<void>
  /** A copy of what learns, flat: all weights, or those of the adapter. */
  weights(): Promise<Float32Array>
  /**
   * What learns becomes share * itself + (1 - share) * `weights`, which are those of a model of this shape; 0 copies them. The
   * accumulated gradient is forgotten, what the optimizer remembers is not.
   */
  blend(weights: Float32Array, share: number): Promise<void>
  /** Writes a Hugging Face folder, or an adapter's, all of it or nothing. */
  save(folder: string, options?: SaveOptions): Promise<void>
  /**
   * Takes the weights, version and optimizer that `save` wrote with its optimizer, of a model of this shape, and learns on
   * from there to the last bit. The accumulated gradient is forgotten. A folder that is damaged or of another model
   * throws, and changes nothing.
   */
  restore(folder: string): Promise<void>
  close(): Promise<void>
}
