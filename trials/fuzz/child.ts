// One target in a process of its own: whoever started it reads what it says, and ends it where it says nothing for too long.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MinformError } from '../../src/errors.ts'
import { pick, random } from '../../src/numbers/random.ts'
import { openCoverage } from './coverage.ts'
import { mutated } from './mutate.ts'
import { targets } from './targets.ts'

/** What a child is asked. */
export interface Asked {
  readonly target: string
  readonly seed: number
  readonly place: string
}

/** What it says: how far it is, or an error that is none of ours. */
export type Said =
  | {
      readonly what: 'so far'
      readonly inputs: number
      readonly named: number
      readonly kept: number
      readonly ranges: number
      readonly bytes: number
    }
  | { readonly what: 'foreign'; readonly error: string; readonly input: string } // base64

const batch = 100 // inputs between two looks at what was run
const mostKept = 4000

process.once('message', asked => void run(asked as Asked))

async function run({ target: name, seed, place }: Asked): Promise<void> {
  const { seeds, read } = targets[name]!
  const folder = join(place, 'files')
  mkdirSync(folder, { recursive: true })
  const draw = random(seed, name)
  const corpus = [...seeds()]
  const coverage = await openCoverage()
  let [inputs, named] = [0, 0]
  for (;;) {
    const tried: Buffer[] = []
    for (let i = 0; i < batch; i++) {
      const bytes =
        inputs < corpus.length
          ? corpus[inputs]!
          : mutated(pick(draw, corpus), pick(draw, corpus), draw)
      writeFileSync(join(place, 'input'), bytes) // it is there still where this process is ended
      tried.push(bytes)
      inputs++
      try {
        await read(bytes, folder)
      } catch (error) {
        if (error instanceof MinformError) named++
        else
          tell({
            what: 'foreign',
            error: String((error as Error).stack ?? error),
            input: bytes.toString('base64'),
          })
      }
    }
    if ((await coverage.isNew()) && corpus.length < mostKept)
      corpus.push(...tried.filter(() => draw() < 0.2))
    const bytes = process.memoryUsage().rss
    tell({ what: 'so far', inputs, named, kept: corpus.length, ranges: coverage.ranges(), bytes })
  }
}

function tell(said: Said): void {
  process.send!(said)
}
