// What talks back to a policy: a tool, a simulation, a game. A rollout is then spans of both in turn, of which only what the
// policy wrote is learned.

import type { Problem } from '../types.ts'

/** What an environment gave, at once or later. */
export type Given<T> = T | Promise<T>

/** What an environment says a rollout was worth. */
export interface Score {
  /** The outcome of the rollout, null where nothing is known; left out, the run's grader judges its answer. */
  readonly outcome?: number | null
  /** Named numbers, which metrics and the rollout table have beside those of the method. Default none. */
  readonly parts?: Readonly<Record<string, number>>
}

/** One rollout's environment. */
export interface Talk {
  /**
   * Told what the policy wrote since it was told last, at a stop or at the end; gives what is appended to it, or null where
   * the rollout is over.
   */
  reply(text: string, signal: AbortSignal): Given<string | null>
  /** What the rollout was worth, asked once, when it is over: also where it was cut off. Default nothing. */
  score?(signal: AbortSignal): Given<Score>
  close?(signal: AbortSignal): Given<void>
}

/** How answers are written that an environment judges. */
export interface Answers {
  /** What asks for one, where a model is asked by a chat template and nobody says otherwise. */
  readonly instruction: string
  /** The answer of a text; null where it has none. */
  read(text: string): string | null
}

/** What rollouts are talked with. All chance comes from the seed, so that a run can be continued. */
export interface Environment {
  readonly name: string
  /** Texts behind which the policy waits for a reply, its end token being its last word; none: it waits behind that. */
  readonly stops: readonly string[]
  /** Whether it gives outcomes, so that problems need no answer that can be graded; default false. */
  readonly judges?: boolean
  /** How the answers are written that it reads; default in boxes. */
  readonly answers?: Answers
  /** How long it may take for a reply, or anything else it is asked; default 30,000. */
  readonly timeoutMs?: number
  open(problem: Problem, seed: number, signal: AbortSignal): Given<Talk>
}
