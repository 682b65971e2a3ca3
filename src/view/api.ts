// What the page of runs is told: one JSON each, the same from a server and from an exported folder.

import type { LossWeight } from '../explain/loss.ts'
import type { Others } from '../explain/what-if.ts'
import type { Formula } from '../method.ts'
import type { Json } from '../types.ts'

/** `runs`: all runs that are shown. */
export interface RunsAnswer {
  readonly runs: readonly RunBrief[]
  readonly differs: readonly string[] // the settings whose values are not the same in all of them
}

export type RunState = 'running' | 'paused' | 'done' | 'lost'

/** A run in a line. */
export interface RunBrief {
  readonly id: string // a name without slashes, the same for as long as the page is open
  readonly folder: string
  readonly wrong: string | null // why it cannot be read; then nothing below says anything
  readonly note: string | null // what to know before its numbers are believed
  readonly recipe: string
  readonly seed: number | null
  readonly state: RunState
  readonly iterations: number // made
  readonly planned: number
  readonly settings: Readonly<Record<string, Json>> // of its configuration, by name
  readonly before: Accuracy | null
  readonly after: Accuracy | null
  readonly alarms: number
}

/** Shares of held-out answers that are right, with the number of problems. */
export interface Accuracy {
  readonly sampled: number | null
  readonly greedy: number | null
  readonly n: number
}

/** `run/<id>`: one run. */
export interface RunAnswer {
  readonly brief: RunBrief
  readonly config: Json
  readonly recorded: readonly number[] // iterations whose rollouts are stored
  readonly metrics: Series
  readonly events: readonly RunEvent[] // warnings, errors, and what was checked before the run
}

/** Numbers by iteration; null where a line has none. */
export interface Series {
  readonly iterations: readonly number[]
  readonly values: Readonly<Record<string, readonly (number | null)[]>>
}

export interface RunEvent {
  readonly time: string
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly event: string
  readonly iteration: number | null
  readonly address: string | null // iteration/group/rollout of what raised it, where that is known
  readonly fields: Json
}

/** `run/<id>/<iteration>`: its groups. */
export interface IterationAnswer {
  readonly iteration: number
  readonly groups: readonly GroupBrief[]
}
export interface GroupBrief {
  readonly group: number
  readonly problem: string
  readonly prompt: string
  readonly answer: string | null
  readonly rollouts: readonly RolloutBrief[]
}
export interface RolloutBrief {
  readonly rollout: number
  readonly outcome: number | null
  readonly worst: number | null // the judge's worst step
  readonly tokens: number
  readonly stop: string
  readonly learned: boolean
  readonly advantage: number | null // mean over its tokens
  readonly disputed: DisputedStep | null // null: judge and oracle see no step differently, or one of them is not there
}

/** The step that the judge is surest of, of those that the task's oracle sees otherwise. */
export interface DisputedStep {
  readonly step: number
  readonly token: number // its first
  readonly score: number
  readonly right: boolean // by the oracle
}

/** `run/<id>/<iteration>/<group>`: a group with every number of every token. */
export interface GroupAnswer {
  readonly iteration: number
  readonly group: number
  readonly problem: string
  readonly prompt: string
  readonly answer: string | null
  readonly maxTokens: number
  readonly rollouts: readonly RolloutAnswer[]
  readonly replay: ReplayAnswer | null // null: the recipe cannot be built here; `why` says it
  readonly why: string | null
}

export interface RolloutAnswer extends RolloutBrief {
  readonly text: string
  readonly pieces: readonly string[] | null // what each token spells; null: no tokenizer lies with the run
  /** Of tokens, and what they spell. */
  readonly steps: readonly { readonly start: number; readonly end: number; readonly text: string }[]
  readonly stepScores: readonly (number | null)[] | null
  readonly stepLabels: readonly (boolean | null)[] | null // what the task's oracle says of them
  readonly spans: readonly { readonly role: string; readonly start: number; readonly end: number }[]
  readonly branch: { readonly parent: number; readonly atToken: number } | null
  readonly origin: Json
  readonly parts: Readonly<Record<string, number | null>>
  /** One number a token by name: logprobs, sampledLogprobs, advantages, `return <stream>`, `reward <name>`. */
  readonly tokens_T: Readonly<Record<string, readonly (number | null)[] | null>>
}

/** The arithmetic of the group's advantages, computed again. */
export interface ReplayAnswer {
  readonly distance: number | null // from what was recorded
  readonly whitening: {
    readonly form: string
    readonly mean: number
    readonly deviation: number
  } | null
  /** What stages after the whitening made of the advantages, in their order. */
  readonly after: readonly {
    readonly formula: Formula
    readonly advantages_G_T: readonly (readonly number[] | null)[]
  }[]
  readonly others: Others | null // what the rest of the batch says of the whitening
  readonly streams: readonly StreamAnswer[] | null // null: the stage does not tell how it sums
  readonly masked_G_T: readonly (readonly number[] | null)[] | null
  readonly kept_G_T: readonly (readonly number[] | null)[] | null // sums after the mask, before the whitening
  readonly advantages_G_T: readonly (readonly number[] | null)[] // null of a rollout that was not credited
  readonly loss: LossAnswer | null // null: the loss does not say what tokens count
}

/** What the tokens of each rollout count in the loss of the update; null of one that was not learned from. */
export interface LossAnswer {
  readonly formula: Formula
  readonly steps: number // of the optimizer in one pass
  readonly passes: number
  readonly weights_G: readonly (LossWeight | null)[]
}
export interface StreamAnswer {
  readonly name: string
  readonly weight: number
  readonly creditBy: Formula | null
  readonly baselineBy: Formula | null
  readonly credit_G_T: readonly (readonly number[] | null)[]
  readonly part_G_T: readonly (readonly number[] | null)[] // after the baseline
}

/** What `/data/live` tells, a server-sent event each. */
export interface LiveChange {
  readonly run: string | null // null: a run came or went, `runs` says which
  readonly iteration: number | null // the last one whose rollouts came; null: something else of the run changed
}

/** What is sent to `query`, as JSON: one question over all runs, or over one. */
export interface AskRequest {
  readonly sql: string
  readonly run: string | null
}

/** `query`: the answer to a question, as far as it is shown. */
export interface AskAnswer {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Json[])[] // long texts and lists are cut
  readonly more: boolean // whether there are rows beyond
  readonly leftOut: readonly string[] // runs and parts that cannot be read
  readonly seconds: number
}
