// npm run fuzz -- --minutes N: gives every reader, the grader among them, inputs that are near good ones and reach code that
// none before reached; an error that is none of ours, and what takes longer than it may, are kept as files.

import { type ChildProcess, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { markdownTable } from '../../src/compare/report.ts'
import type { Asked, Said } from './child.ts'
import { targets } from './targets.ts'

const patience = 60_000 // ms without a word: a hundred inputs, one of which may take all that it is given

interface Tally {
  inputs: number
  named: number
  foreign: Set<string> // by where they were thrown
  hangs: number
  ended: number // processes that ended by themselves
  ranges: number
  megabytes: number
}

/** Fuzzes one target until a moment; what is found lies in `found`. */
async function fuzzed(name: string, seed: number, until: number, found: string): Promise<Tally> {
  const tally: Tally = {
    inputs: 0,
    named: 0,
    foreign: new Set(),
    hangs: 0,
    ended: 0,
    ranges: 0,
    megabytes: 0,
  }
  const place = join(found, name.replaceAll(/\W+/g, '-'))
  mkdirSync(place, { recursive: true })
  for (let round = 0; Date.now() < until; round++) {
    const child = fork(join(import.meta.dirname, 'child.ts'), {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    child.send({ target: name, seed: seed + 1000 * round, place } satisfies Asked)
    const why = await watched(child, until, tally, place)
    if (why === 'time') break
    tally[why === 'hang' ? 'hangs' : 'ended']++
    const input = join(place, 'input')
    if (existsSync(input)) copyFileSync(input, join(place, `${why}-${round}`))
  }
  return tally
}

/** Listens to a child until it hangs, ends by itself, or the time is over. */
function watched(
  child: ChildProcess,
  until: number,
  tally: Tally,
  place: string,
): Promise<'hang' | 'ended' | 'time'> {
  return new Promise(resolve => {
    let timer: NodeJS.Timeout
    const before = { inputs: tally.inputs, named: tally.named }
    const end = (why: 'hang' | 'ended' | 'time'): void => {
      clearTimeout(timer)
      child.removeAllListeners()
      child.once('exit', () => resolve(why))
      if (!child.kill('SIGKILL')) resolve(why)
    }
    const wait = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => end('hang'), patience)
    }
    wait()
    child.on('exit', () => end('ended'))
    child.on('message', message => {
      const said = message as Said
      if (said.what === 'foreign') return keep(said, tally, place)
      wait()
      tally.inputs = before.inputs + said.inputs
      tally.named = before.named + said.named
      tally.ranges = Math.max(tally.ranges, said.ranges)
      tally.megabytes = Math.max(tally.megabytes, Math.round(said.bytes / 2 ** 20))
      if (Date.now() >= until) end('time')
    })
  })
}

/** An error is known by its first frame of ours. */
function keep(
  { error, input }: Extract<Said, { what: 'foreign' }>,
  { foreign }: Tally,
  place: string,
): void {
  const frame = /\/src\/[^\s)]+/.exec(error)?.[0] ?? error.slice(0, 80)
  if (foreign.has(frame)) return
  foreign.add(frame)
  const name = `foreign-${createHash('sha256').update(frame).digest('hex').slice(0, 8)}`
  writeFileSync(join(place, name), Buffer.from(input, 'base64'))
  writeFileSync(join(place, `${name}.txt`), error)
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '15' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    found: { type: 'string', default: join('runs', 'fuzz') },
  },
})
const names = Object.keys(targets).filter(name => name.includes(values.only ?? ''))
const each = (60_000 * Number(values.minutes)) / names.length
const rows: string[][] = []
let wrong = false
for (const name of names) {
  const tally = await fuzzed(name, Number(values.seed), Date.now() + each, values.found)
  const { inputs, named, foreign, hangs, ended, ranges, megabytes } = tally
  rows.push([name, ...[inputs, named, foreign.size, hangs, ended, ranges, megabytes].map(String)])
  process.stderr.write(`${rows.at(-1)!.join(' | ')}\n`)
  wrong ||= foreign.size + hangs + ended > 0
}
const head = [
  'what is read',
  'inputs',
  'refused by name',
  'other errors',
  'hangs',
  'ends',
  'parts of code',
  'MB at most',
]
process.stdout.write(`${markdownTable([head, ...rows])}\n`)
process.exitCode = wrong ? 1 : 0
