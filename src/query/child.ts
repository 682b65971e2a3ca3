// The process that one question is answered in. It ends where whoever asks is gone.

import { ConfigError } from '../errors.ts'
import type { Json } from '../types.ts'
import type { Asked, Told } from './apart.ts'
import { openRuns } from './query.ts'

const rowsAtOnce = 500

const tell = (told: Told): void => void process.send?.(told)

let next: () => Promise<readonly (readonly Json[])[]> = async () => []

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL')) // an exit would wait for what cannot be interrupted
process.on('message', (asked: Asked) => {
  answer(asked).catch((error: Error) => {
    tell({ kind: 'failed', usage: error instanceof ConfigError, message: error.message })
  })
})

async function answer(asked: Asked): Promise<void> {
  if (asked.kind === 'next') {
    tell({ kind: 'rows', rows: await next() })
    return
  }
  const runs = await openRuns(asked.runs, asked.bounds)
  const { columns, rows } = await runs.ask(asked.sql)
  const all = rows()
  next = async () => {
    const some: (readonly Json[])[] = []
    while (some.length < rowsAtOnce) {
      const { done, value } = await all.next()
      if (done === true) break
      some.push(value)
    }
    return some
  }
  tell({ kind: 'begun', leftOut: runs.leftOut, columns })
}
