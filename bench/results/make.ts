// What runs start from, made before them, several at once; one that fails leaves out the runs that need it.

import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../../src/runs/whole-file.ts'
import { minform } from './child.ts'
import type { Asked } from './run.ts'
import type { Making, Study } from './study.ts'

type Place = Pick<Asked, 'out' | 'jobs' | 'program'>

/** Makes what parts of a study lack, and says what came of it. */
export async function makeAll(
  { name, makings = [] }: Pick<Study, 'name' | 'makings'>,
  parts: Study['parts'],
  place: Place,
  signal: AbortSignal,
): Promise<void> {
  const asked = Object.values(parts).flatMap(({ made = {} }) => Object.values(made))
  const direct = makings.filter(({ folder }) => asked.some(one => one.startsWith(`${folder}/`)))
  const before = makings.filter(({ folder }) => direct.some(({ after }) => after === folder))
  const needed = makings.filter(one => direct.includes(one) || before.includes(one))
  await makeEach(
    name,
    needed.filter(({ after }) => after === undefined),
    place,
    signal,
  )
  await makeEach(
    name,
    needed.filter(({ after }) => after !== undefined),
    place,
    signal,
  )
}

async function makeEach(
  name: string,
  makings: readonly Making[],
  { out, jobs, program }: Place,
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
