// What a server is asked, whatever its wire: a dialect turns each question into requests, and answers into values. What
// operations know of a server's protocol is here; that there is HTTP beneath, only `ask.ts` knows.

import type { Received } from '../../http/post.ts'
import type { StopReason } from '../../types.ts'

/** One HTTP request, below the address of the server. */
export interface Question {
  readonly path: string
  readonly body: string | Uint8Array<ArrayBuffer> | null // null: a GET, unless a method is named
  readonly method?: 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
}

/** What an answer means. `waiting` says what to ask next, and why it takes long where the server says so. */
export type Reply<T> =
  | { readonly state: 'done'; readonly value: T }
  | { readonly state: 'waiting'; readonly next: Question; readonly why: string | null }
  | { readonly state: 'failed'; readonly failure: Failure }

/**
 * Why a server did not do what it was asked. `refused`: it never will. `lost`: it has forgotten the model, the session or the
 * result. `full`: it has no room now. `taken`: the name or number was used before. `broken`: something failed in it, which may
 * work when it is asked again.
 */
export interface Failure {
  readonly kind: 'refused' | 'lost' | 'full' | 'taken' | 'broken'
  readonly text: string
}

/**
 * Something asked: the first request, and how every answer on the way is read, given the request that it is to. Reading
 * throws where an answer is damaged.
 */
export interface Call<T> {
  readonly what: string // for messages: 'forward_backward'
  readonly question: Question
  read(answer: Received, to: Question): Reply<T>
}

/** A model on a server that learns: requests of one are numbered from 1. */
export interface Numbered {
  readonly model: string
  readonly number: number
}

/** A sequence whose tokens after the first are read. */
export interface ReadSequence {
  readonly ids: Int32Array // at least two
}

/** A sequence to learn from: the gradient of -sum weights[i] * logprob(ids[i + 1]) is added. */
export interface LearnedSequence extends ReadSequence {
  readonly weights: Float32Array // ids.length - 1
  readonly logprobs: Float32Array // of ids[1..], as the model that learns has just given them
}

/** How a gradient travels: which of the losses that a server knows is made to be the weighted log-likelihood. */
export const carriers = ['cispo', 'importance-sampling', 'cross-entropy'] as const
export type Carrier = (typeof carriers)[number]

/** AdamW's settings of a step; clipNorm null where nothing is clipped. */
export interface OptimizerSettings {
  readonly learningRate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly weightDecay: number
  readonly clipNorm: number | null
}

/** Completions asked of one prompt; completion i draws from seed + i. */
export interface Prompted {
  readonly sampler: string
  readonly number: number // of requests to this sampler, from 0
  readonly ids: Int32Array
  readonly n: number
  readonly seed: number
  readonly maxTokens: number
  readonly temperature: number // 0: greedy
  readonly topK: number | null
  readonly topP: number
  readonly stopIds: readonly number[]
  readonly promptLogprobs: boolean
}

/** A completion as a server gives it, NaN where a log-probability is missing. */
export interface Sampled {
  readonly ids: Int32Array
  readonly logprobs: Float32Array
  readonly stop: StopReason
}

/** What came of a prompt; log-probabilities of its ids[1..] where they were asked for. */
export interface Drawn {
  readonly completions: readonly Sampled[]
  readonly promptLogprobs: Float32Array | null
}

/** A model that a server offers. */
export interface Offered {
  readonly name: string
  readonly maxPositions: number | null
}

/** A low-rank adapter to be made on a base model, or on the state at a path where a dialect makes it so. */
export interface Wanted {
  readonly session: string
  readonly number: number // of models of the session, from 0
  readonly baseModel: string
  readonly rank: number
  readonly seed: number
  readonly from: string | null
}

/** How a server is spoken to. What it has no words for is null. */
export interface Dialect {
  readonly name: string
  readonly root: string // path below the address
  readonly keyHeader: 'authorization' | 'x-api-key'
  /** Whether a model is made from a saved state in one request; otherwise it is made fresh and `load` is its first. */
  readonly createsFromState: boolean
  capabilities(): Call<readonly Offered[]>
  /** null where a model needs no session around it */
  readonly createSession: (() => Call<string>) | null
  readonly heartbeat: ((session: string) => Call<void>) | null
  createModel(wanted: Wanted): Call<string>
  /** Log-probabilities of ids[1..] of every sequence. */
  forward(of: Numbered, sequences: readonly ReadSequence[]): Call<readonly Float32Array[]>
  /** Adds a gradient; the log-probabilities on the way, null where the server gives none. */
  forwardBackward(
    of: Numbered,
    sequences: readonly LearnedSequence[],
    carrier: Carrier,
  ): Call<readonly Float32Array[] | null>
  /** Takes a step; the norm of the gradient before clipping, null where the server does not say it. */
  optimizerStep(of: Numbered, settings: OptimizerSettings): Call<number | null>
  /** Makes the weights ready to sample from; the sampler's name. `publication` counts those of the session, from 0. */
  publish(of: Numbered, publication: number): Call<string>
  /** The frozen base model, ready to sample from. */
  readonly baseSampler:
    | ((session: string, publication: number, baseModel: string) => Call<string>)
    | null
  sample(prompted: Prompted): Call<Drawn>
  /** Keeps weights and optimizer under a name, which is used once; where they lie then. */
  saveState(of: Numbered, name: string): Call<string>
  load(of: Numbered, path: string): Call<void>
  /** Keeps the adapter under a name, to be fetched; where it lies then. */
  readonly saveAdapter: ((of: Numbered, name: string) => Call<string>) | null
  /** Where the archive of a saved adapter is fetched from. */
  readonly archive: ((model: string, path: string) => Call<string>) | null
  readonly forget: ((model: string, path: string) => Call<void>) | null
  unload(model: string): Call<void>
}
