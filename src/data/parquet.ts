// Rows of Parquet files as plain values, whoever wrote them. A few damaged bytes can ask the library for work without end, so
// it reads in a thread that is ended where it takes more time or memory than its file can ask for.

import { statSync } from 'node:fs'
import type { Worker } from 'node:worker_threads'
import { DataError } from '../errors.ts'
import { type Failure, onEnd } from '../threads/failure.ts'
import { startThread } from '../threads/thread.ts'
import type { Row } from './parquet-read.ts'

/** What the thread is asked. */
export type Asked =
  | { readonly what: 'bytes'; readonly bytes: Uint8Array }
  | { readonly what: 'groups'; readonly path: string }
  | { readonly what: 'rows'; readonly path: string; readonly from: number; readonly to: number }
export type Replied = { readonly value: unknown } | { readonly failure: Failure }

const limits = {
  seconds: 15, // of one request, and
  secondsPerMegabyte: 1, // of the file
  megabytes: 4096, // that a request may add to what the process holds
  everyMilliseconds: 100, // it is looked at
}

/**
 * The rows of a Parquet file that is in memory: lists are arrays, of numbers typed ones where they are stored plainly, an absent
 * value is null or undefined. Throws DataError where it is none, is damaged, or asks for more time or memory than it can need.
 */
export async function parquetRows(bytes: Uint8Array): Promise<Row[]> {
  const most = limits.seconds + (limits.secondsPerMegabyte * bytes.length) / 2 ** 20
  return asking({ what: 'bytes', bytes }, most) as Promise<Row[]>
}

/**
 * The rows of a Parquet file, a row group in memory at a time; 64-bit integers are numbers, absent values null. Throws
 * DataError where the file is none, is damaged, is packed in a way that cannot be read, or asks for more time or memory than it
 * can need.
 */
export async function* parquetFileRows(
  path: string,
  { seconds = limits.seconds }: { readonly seconds?: number } = {},
): AsyncGenerator<Row> {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  const most = seconds + (limits.secondsPerMegabyte * size) / 2 ** 20
  const groups = (await asking({ what: 'groups', path }, most, path)) as number[]
  let from = 0
  for (const rows of groups) {
    const to = from + rows
    yield* (await asking({ what: 'rows', path, from, to }, most, path)) as Row[]
    from = to
  }
}

/** The thread while it lives; `over` ends what it is asked, in words that follow its name. */
interface Reader {
  readonly worker: Worker
  over: (how: string) => void
}
let reader: Reader | null = null
let turn: Promise<unknown> = Promise.resolve()

/** Asks the thread when it is free; `where` names the file in errors. */
function asking(asked: Asked, seconds: number, where?: string): Promise<unknown> {
  const mine = turn.then(() => inThread(asked, seconds))
  turn = mine.catch(() => {})
  return mine.catch(cause => {
    const why = `cannot be read as Parquet: ${(cause as Error).message}`
    throw new DataError(where === undefined ? why : `${where}: ${why}`, { cause })
  })
}

async function inThread(asked: Asked, seconds: number): Promise<unknown> {
  if (reader === null) {
    const worker = startThread(import.meta.url, 'parquet-thread', {})
    const begun: Reader = { worker, over: () => {} }
    onEnd(worker, how => {
      if (reader === begun) reader = null
      begun.over(`reading it ${how}`)
    })
    await answered(begun, Number.POSITIVE_INFINITY)
    reader = begun
  }
  reader.worker.postMessage(asked)
  return answered(reader, seconds)
}

/** The next thing that the thread says; it is ended where that takes too much. */
function answered(from: Reader, seconds: number): Promise<unknown> {
  const { worker } = from
  return new Promise<unknown>((resolve, reject) => {
    const before = process.memoryUsage.rss()
    const begun = performance.now()
    const timer = setInterval(() => {
      const megabytes = (process.memoryUsage.rss() - before) / 2 ** 20
      if (megabytes > limits.megabytes)
        from.over(`it asks for more than ${limits.megabytes} MB of memory`)
      else if (performance.now() - begun > 1000 * seconds)
        from.over(`it is not read in ${Math.round(seconds)} s; is it damaged?`)
    }, limits.everyMilliseconds)
    const settle = (): void => {
      clearInterval(timer)
      worker.off('message', told)
      from.over = () => {}
      worker.unref()
    }
    const told = (said: Replied): void => {
      settle()
      if ('value' in said) resolve(said.value)
      else reject(new Error(said.failure.message))
    }
    from.over = how => {
      settle()
      if (reader === from) reader = null
      void worker.terminate()
      reject(new Error(how))
    }
    worker.ref()
    worker.once('message', told)
  })
}
