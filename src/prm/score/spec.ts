// What names a scorer of steps, as plain data: what a command line says, and what a run's config.json keeps.

import { z } from 'zod'
import { devices } from '../../engine/engine.ts'
import { judgeVotes } from './judge.ts'
import { type JudgeStyleName, judgeStyles } from './judge-styles.ts'
import { aggregations } from './step-scorer.ts'

const whole = z.int().nonnegative()

/** What is said of a scorer's numbers beside what it says itself. */
const meaning = {
  threshold: z.number().optional(),
  aggregation: z.enum(aggregations).optional(),
}

/** How a server is asked; what is not there is left to whoever asks. */
export const patience = {
  apiKeyEnv: z.string().optional(), // name of the environment variable with the key; the key itself is kept nowhere
  timeoutMs: z.number().optional(),
  retries: whole.optional(),
  backoffMs: z.number().optional(),
  concurrency: whole.optional(),
}

/** The server that holds a model, and its reference where it has one; names are those that the server knows. */
const servedSpec = z.strictObject({
  url: z.string(),
  model: z.string().optional(), // default: the only one that it serves
  referenceUrl: z.string().optional(), // default: the same server
  referenceModel: z.string().optional(),
  ...patience,
})

const modelSpec = z.strictObject({
  kind: z.literal('model'),
  folder: z.string(),
  convention: z.string().optional(), // goes before what config.json says
  reference: z.string().optional(), // folder of the reference of a ratio; default the one that config.json names
  tokenizer: z.string().optional(), // folder of the tokenizer, where the model's has none
  long: z.enum(['refuse', 'windows']).optional(),
  separators: z.enum(['refuse', 'keep']).optional(),
  served: servedSpec.optional(), // a server computes; of the folder only configuration and tokenizer are read
  device: z.enum(devices).optional(),
  threads: whole.optional(),
  ...meaning,
})

const oracleSpec = z.strictObject({
  kind: z.literal('oracle'),
  task: z.string(),
  partial: z.boolean().optional(),
  ...meaning,
})

const judgeSpec = z.strictObject({
  kind: z.literal('judge'),
  url: z.string(),
  model: z.string(),
  style: z.enum(Object.keys(judgeStyles) as JudgeStyleName[]).optional(),
  votes: whole.optional(),
  vote: z.enum(judgeVotes).optional(),
  rounds: z.int().positive().optional(),
  quorum: whole.optional(),
  seed: whole.optional(),
  temperature: z.number().optional(),
  maxTokens: whole.optional(),
  ...patience,
  ...meaning,
})

export const scorerSpecSchema = z.discriminatedUnion('kind', [modelSpec, oracleSpec, judgeSpec])

/** A model folder, here or on a server, the oracle of a task, or a chat model behind an endpoint. */
export type ScorerSpec = z.infer<typeof scorerSpecSchema>
export type ModelSpec = z.infer<typeof modelSpec>
export type JudgeSpec = z.infer<typeof judgeSpec>
export type ServedSpec = z.infer<typeof servedSpec>
