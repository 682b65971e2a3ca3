// Questions are answered in a process of their own: whatever they do there, as a damaged file might make the database do, or a
// function that nothing interrupts, it ends with that process, and the one that asks goes on.

import { fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ConfigError, RunError } from '../errors.ts'
import type { Json } from '../types.ts'
import { type Bounds, usualBounds } from './bounds.ts'
import type { AskedRun } from './rollouts.ts'

/** What the process is told. */
export type Asked =
  | { readonly kind: 'ask'; runs: readonly AskedRun[]; sql: string; bounds: Bounds }
  | { readonly kind: 'next' }

/** What it tells. */
export type Told =
  | { readonly kind: 'begun'; leftOut: readonly string[]; columns: readonly string[] }
  | { readonly kind: 'rows'; rows: readonly (readonly Json[])[] } // none: those were all
  | { readonly kind: 'failed'; usage: boolean; message: string }

/** An answer, its rows read as they are asked for. */
export interface AnswerApart {
  /** Runs and parts of them that cannot be read, and why. */
  readonly leftOut: readonly string[]
  readonly columns: readonly string[]
  rows(): AsyncGenerator<readonly Json[]>
  /** Ends the process, also before all rows were read. */
  close(): void
}

/**
 * Answers one question over runs. Throws ConfigError where it is no question, RunError where runs cannot be read or it takes
 * more than it may.
 */
export async function askApart(
  runs: readonly AskedRun[],
  sql: string,
  { bounds = usualBounds, signal }: { bounds?: Bounds; signal?: AbortSignal } = {},
): Promise<AnswerApart> {
  const child = start()
  try {
    const begun = await child.ask({ kind: 'ask', runs, sql, bounds }, signal)
    if (begun.kind !== 'begun') throw new TypeError(`askApart: told ${begun.kind}`)
    return { ...begun, rows: () => rowsOf(child, signal), close: child.end }
  } catch (error) {
    child.end()
    throw error
  }
}

async function* rowsOf(
  { ask, end }: Process,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly Json[]> {
  try {
    for (;;) {
      const told = await ask({ kind: 'next' }, signal)
      if (told.kind !== 'rows' || told.rows.length === 0) return
      yield* told.rows
    }
  } finally {
    end()
  }
}

interface Process {
  ask(asked: Asked, signal: AbortSignal | undefined): Promise<Told>
  readonly end: () => void
}

function start(): Process {
  const source = import.meta.url.endsWith('.ts')
  const file = new URL(source ? './child.ts' : './child.js', import.meta.url)
  const child = fork(fileURLToPath(file), {
    execArgv: source ? [...process.execArgv, '--import', loader()] : process.execArgv,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  let gone = 'it could not be started'
  let hear: (told: Told | null) => void = () => {}
  child.on('message', (told: Told) => hear(told))
  const left = (how: string): void => {
    gone = how
    hear(null)
  }
  child.on('error', error => left(error.message))
  child.on('exit', (code, signal) => left(signal ?? `exit code ${code}`))
  const end = (): void => void child.kill('SIGKILL')
  return {
    end,
    ask: (asked, signal) =>
      new Promise<Told>((resolve, reject) => {
        signal?.throwIfAborted()
        const stop = (): void => {
          end()
          reject(signal!.reason as Error)
        }
        signal?.addEventListener('abort', stop, { once: true })
        hear = told => {
          signal?.removeEventListener('abort', stop)
          if (told === null) reject(new RunError(`the database ended before it answered: ${gone}`))
          else if (told.kind === 'failed')
            reject(new (told.usage ? ConfigError : RunError)(told.message))
          else resolve(told)
        }
        child.send(asked, error => error && left(error.message))
      }),
  }
}

/** The loader of TypeScript, where nothing is built. */
function loader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
}
