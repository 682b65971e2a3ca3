// The nouns that flow through one iteration. Suffixes name axes:
// P problems, G rollouts of one problem, S reasoning steps, T sampled tokens, V vocabulary.

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [k: string]: Json }

/** One problem; `answer` is null where no ground truth is known (never an empty string, never 0). */
export interface Problem {
  readonly id: string
  /** The text that the policy continues: the question, with what stands around it once it is asked. */
  readonly prompt: string
  /** The question alone, where the prompt is more: what judges are shown, and what splits depend on. */
  readonly question?: string
  readonly answer: string | null
  /** A worked solution, one string a step, the boxed answer in the last; null where none is known. */
  readonly solution: readonly string[] | null
  /** What the problem's source knows of it: a procedural task stores here what its oracle needs. */
  readonly meta: Readonly<Record<string, Json>>
}

export type StepState = 'complete' | 'empty' | 'truncated'

/** A reasoning step: a half-open span of sampled tokens. Its last token is the closing token. */
export interface Step {
  readonly start: number // token index in the rollout, inclusive
  readonly end: number // exclusive; the closing token is end - 1
  readonly text: string // without the separator
  readonly state: StepState
}

export type StopReason = 'stop' | 'length'

/** Who wrote a span of a rollout's tokens; only the policy's own are trained. */
export interface RoleSpan {
  readonly start: number
  readonly end: number
  readonly role: 'policy' | 'tool' | 'hint'
}

export interface Rollout {
  readonly promptIds: Int32Array
  readonly ids: Int32Array // T, with the stop token, or a stop string's last one, where stop === 'stop'
  readonly logprobs_T: Float32Array // of the sampling policy at temperature 1; NaN of tokens that nobody sampled
  readonly sampledLogprobs_T: Float32Array // of the distribution that was sampled (after temperature and every filter)
  readonly stop: StopReason
  readonly weightVersion: number // the policy's update count when it sampled
  readonly text: string // decoded, without the stop token; a stop string is text
  readonly steps: readonly Step[] // cover 0..T without gaps
  readonly spans: readonly RoleSpan[] // cover 0..T without gaps
  /** Where this rollout left another one of its group; null for one sampled from the prompt. */
  readonly branch: { readonly parent: number; readonly atToken: number } | null
  /** Where logprobs_T are not those of the policy after promptIds: learning reads the tokens again. Default they are. */
  readonly origin?: Origin
  /** What was said between the policy and an environment; absent where there is none. */
  readonly talk?: Talked
}

/** How a rollout went in an environment. */
export interface Talked {
  readonly said: string // what the policy wrote of the rollout's text, without what the environment did
  readonly replies: number
  readonly outcome?: number | null // what the environment judges; absent where it leaves that to a grader
  readonly parts: Readonly<Record<string, number>> // named numbers that it earned
  readonly failed: string | null // why it counts for nothing: the environment hung, died or answered nonsense
}

/** Where tokens come from: the policy under a prompt with a hint, an earlier iteration, another model. */
export type Origin = 'hint' | 'replay' | 'other'

/** Where a rollout of a run stands: its iteration, its group there, its place in the group. */
export type RolloutPlace = readonly [iteration: number, group: number, rollout: number]

export interface Group {
  readonly problem: Problem
  readonly rollouts: readonly Rollout[]
}
