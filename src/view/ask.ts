// Questions that the page asks: SQL over its runs, each answered in a process of its own.

import { z } from 'zod'
import { checked } from '../data/checked.ts'
import { ConfigError, RunError } from '../errors.ts'
import { limiter } from '../http/limiter.ts'
import { askApart } from '../query/apart.ts'
import type { RunFolders } from '../runs/folders.ts'
import type { Json } from '../types.ts'
import type { AskAnswer } from './api.ts'

const bounds = { seconds: 30, memory: 2 ** 29 }
const mostRows = 500
const longestCell = 4000 // characters
const atOnce = 2

const requestSchema = z.object({ sql: z.string().min(1).max(20_000), run: z.string().nullable() })

/** Answers what is sent to `query`. Throws ConfigError where it is no question, RunError where it cannot be answered. */
export type Asking = (request: unknown, signal: AbortSignal) => Promise<AskAnswer>

/** Answers questions over the runs in some folders, two at a time. */
export function asking(folders: RunFolders): Asking {
  const turn = limiter(atOnce)
  return (request, signal) => turn(() => answer(folders, request, signal), signal)
}

async function answer(
  folders: RunFolders,
  request: unknown,
  signal: AbortSignal,
): Promise<AskAnswer> {
  const wrong = (what: string): ConfigError => new ConfigError(`a question: ${what}`)
  const { sql, run } = checked(requestSchema, request, wrong)
  const runs = run === null ? folders.all() : [folders.find(run)].filter(one => one !== undefined)
  if (runs.length === 0)
    throw new RunError(run === null ? 'there is no run yet' : `there is no run '${run}'`)
  const started = performance.now()
  // an address begins with a run's name on the page: a folder says more than it needs
  const named = runs.map(one => ({ ...one, address: one.id }))
  const found = await askApart(named, sql, { bounds, signal })
  const rows: (readonly Json[])[] = []
  let more = false
  for await (const row of found.rows()) {
    more = rows.length === mostRows
    if (more) break
    rows.push(row.map(cut))
  }
  const seconds = (performance.now() - started) / 1000
  return { columns: found.columns, rows, more, leftOut: found.leftOut, seconds }
}

function cut(value: Json): Json {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : value
  if (typeof text !== 'string') return text
  return text.length > longestCell ? `${text.slice(0, longestCell)}...` : text
}
