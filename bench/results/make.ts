// What runs start from, made before them, several at once; one that fails leaves out the runs that need it.

import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../../src/runs/whole-file.ts'
import { minform } from './child.ts'
import type { Asked } from './run.ts'
import type { Study } from './study.ts'

/** Makes what a study lacks, and says what came of it. */
export async function makeAll(
  { name, makings = [] }: Study,
  { out, jobs, program }: Pick<Asked, 'out' | 'jobs' | 'program'>,
  signal: AbortSignal,
): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`${name}: ${line}\n`)
  const missing = makings.filter(({ folder }) => !existsSync(join(out, folder, 'made')))
  const queue = missing.values()
  const work = async (): Promise<void> => {
    for (const { folder, make } of queue) {
      signal.throwIfAborted()
      say(`making ${folder}`)
      const to = join(out, folder)
      mkdirSync(to, { recursive: true })
      try {
        await make(to, (...args) => minform(program, args, signal))
        writeWhole(join(to, 'made'), '')
      } catch (error) {
        signal.throwIfAborted()
        say(`${folder} is not made: ${(error as Error).message}`)
      }
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
}
