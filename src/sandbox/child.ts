// The process that code runs in: one job after another, asked and told over its channel. It has no environment variables, and
// ends where whoever asks is gone.

import type { Asked, Told } from './job.ts'

const tell = (told: Told): void => void process.send?.(told)

process.on('disconnect', () => process.exit())
process.on('message', (asked: Asked) => void answer(asked))

async function answer({ job, bounds }: Asked): Promise<void> {
  try {
    const run =
      job.language === 'sql'
        ? (await import('./run-query.ts')).runQuery.bind(null, job)
        : (await import('./run-program.ts')).runProgram.bind(null, job)
    tell({ kind: 'begun' })
    tell({ kind: 'ran', ran: await run(bounds) })
  } catch (error) {
    tell({ kind: 'broken', message: (error as Error).message })
  }
}
