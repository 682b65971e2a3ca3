// Logits of a token classifier that a server holds: one row a token, or one a separator where the server keeps those
// alone (vLLM's ALL and STEP pooling). Which of them it does is found out by asking, and held against every answer.

import { ConfigError, EngineError } from '../../errors.ts'
import { linked } from '../../http/deadline.ts'
import { askedIds } from '../asked.ts'
import type { Engine } from '../engine.ts'
import { type Connection, servedBy } from './connection.ts'

/** What is known of a classifier before it is asked. */
export interface Expected {
  readonly classes: number
  readonly separator: number | null // the token that closes steps, where it is always the same one
  readonly words: readonly [number, number] // two other tokens, to ask about
}

/** Rows of every token, or of separators alone; and whether they are logits or probabilities. */
interface Manner {
  readonly rows: 'tokens' | 'separators'
  readonly values: 'logits' | 'probabilities'
}

/** Asks for logits, row-major [T, classes] a sequence; NaN where the server gives no row. */
export type Classify = Engine['classify']

/**
 * A classifier behind a connection. It is tried first: a ConfigError where its rows are neither one a token nor one a
 * separator, or have another number of classes.
 */
export async function classifier(
  connection: Connection,
  expected: Expected,
  signal?: AbortSignal,
): Promise<Classify> {
  const manner = await mannerOf(connection, expected, signal)
  return (sequences, signal) =>
    linked(signal, async ({ signal, abort }) => {
      try {
        return await Promise.all(
          sequences.map(async asked => {
            const ids = askedIds(asked)
            const rows = await rowsOf(connection, ids, false, signal)
            return placed(rows, ids, manner, expected, connection)
          }),
        )
      } finally {
        abort() // what is under way ends when one of them cannot go on
      }
    })
}

async function mannerOf(
  connection: Connection,
  { classes, separator, words: [a, b] }: Expected,
  signal: AbortSignal | undefined,
): Promise<Manner> {
  const ids = Int32Array.from(separator === null ? [a, b, b] : [a, separator, b, a, separator])
  const [plain, activated] = [
    await rowsOf(connection, ids, false, signal).catch(
      servedBy('a reward model with a head is served by vllm serve MODEL --runner pooling'),
    ),
    await rowsOf(connection, ids, true, signal),
  ]
  const where = `${connection.shown} (${connection.model})`
  const separators = separator === null ? 0 : 2
  const tokens = plain.length === ids.length
  if (!tokens && (separator === null || plain.length !== separators))
    throw new ConfigError(
      `${where} answers ${plain.length} rows for ${ids.length} tokens` +
        (separator === null ? '' : `, ${separators} of them the separator ${separator}`) +
        '; expected one row each, which token_classify gives with pooling of type ALL' +
        (separator === null ? '' : `, or STEP with step_tag_id ${separator}`),
    )
  const wide = plain.find(row => row.length !== classes)
  if (wide !== undefined)
    throw new ConfigError(
      `${where} answers ${wide.length} numbers a row; the model's config.json has ${classes} classes`,
    )
  const ignored = plain.every((row, r) => row.every((v, c) => v === activated[r]?.[c]))
  const values = ignored && plain.every(isDistribution) ? 'probabilities' : 'logits'
  return { rows: tokens ? 'tokens' : 'separators', values }
}

/** Whether a row can only be probabilities of classes, or of one. */
function isDistribution(row: readonly number[]): boolean {
  const sum = row.reduce((a, b) => a + b, 0)
  const within = row.every(value => value >= 0 && value <= 1)
  return within && (row.length === 1 || Math.abs(sum - 1) < 1e-3)
}

/** The rows of one sequence as they come. A number that is none is an EngineError. */
function rowsOf(
  connection: Connection,
  ids: Int32Array,
  activated: boolean,
  signal: AbortSignal | undefined,
): Promise<number[][]> {
  return connection.ask({
    path: 'pooling',
    body: {
      input: [[...ids]],
      task: 'token_classify',
      use_activation: activated,
      encoding_format: 'float',
    },
    read: json => {
      const [one, ...more] = ((json as { data?: unknown }).data ?? []) as { data?: unknown }[]
      if (!Array.isArray(one?.data) || more.length > 0) return null
      return one.data.map(row => numbers(Array.isArray(row) ? row : [row], connection))
    },
    signal,
  })
}

function numbers(row: readonly unknown[], { shown, model }: Connection): number[] {
  for (const value of row)
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw new EngineError(
        `${shown}: ${model} answered ${JSON.stringify(value)} where a logit is expected`,
      )
  return row as number[]
}

/** Rows where their tokens are, as logits. */
function placed(
  rows: readonly (readonly number[])[],
  ids: Int32Array,
  { rows: which, values }: Manner,
  { classes, separator }: Expected,
  { shown, model }: Connection,
): Float32Array {
  const at =
    which === 'tokens' ? [...ids.keys()] : [...ids.keys()].filter(t => ids[t] === separator)
  if (rows.length !== at.length || rows.some(row => row.length !== classes))
    throw new EngineError(
      `${shown}: ${model} answered ${rows.length} rows of ${rows[0]?.length ?? 0} for ${ids.length} tokens; ` +
        `expected ${at.length} of ${classes}, one for each of its ${which}`,
    )
  const logits = new Float32Array(ids.length * classes).fill(Number.NaN)
  rows.forEach((row, r) => {
    logits.set(values === 'logits' ? row : row.map(logitOf), at[r]! * classes)
  })
  return logits
}

/** A number whose softmax, or for one class whose logistic function, gives the probability again. */
function logitOf(probability: number, _: number, { length }: readonly number[]): number {
  return length === 1 ? Math.log(probability / (1 - probability)) : Math.log(probability)
}
