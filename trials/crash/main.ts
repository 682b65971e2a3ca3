// npm run crash -- --kills N --fills M: kills every command that goes on, at random moments, until N kills have landed, and
// fills its disk in the midst of a random byte of what it writes, M times in all. What each ends with must be what it ends
// with undisturbed, to the last bit; nothing may lie about, and a full disk must be called by its name.

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { markdownTable } from '../../src/compare/report.ts'
import { random } from '../../src/numbers/random.ts'
import { type Subject, subjectsOf } from './subjects.ts'
import { apart, leftovers, traceOf } from './trace.ts'

const fullDisk = join(import.meta.dirname, 'full-disk.mjs')
const killsOfARun = 4 // then it may end

interface Tally {
  readonly name: string
  runs: number
  kills: number
  fills: number
  unnamed: number
  unequal: number
  left: number
  failed: number
}

/** What became of a command: its exit code, null where it was killed, and what it said. */
interface End {
  readonly code: number | null
  readonly said: string
}

interface Started {
  readonly child: ChildProcess
  readonly end: Promise<End>
}

/** What a program finds beside its arguments. */
interface Surroundings {
  readonly folder: string
  readonly output?: string | undefined // a file in the folder that takes its standard output
  readonly disk?: Readonly<Record<string, string>> // of full-disk.mjs
}

function started(args: readonly string[], { folder, output, disk }: Surroundings): Started {
  const out = output === undefined ? 'pipe' : openSync(join(folder, output), 'w')
  const options = disk && `${process.env.NODE_OPTIONS ?? ''} --import ${fullDisk}`
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    stdio: ['ignore', out, 'pipe'],
    env: { ...process.env, ...disk, ...(options && { NODE_OPTIONS: options }) },
  })
  if (typeof out === 'number') closeSync(out)
  let said = ''
  const keep = (text: Buffer): void => {
    said = (said + text).slice(-4000)
  }
  child.stdout?.on('data', keep)
  child.stderr!.on('data', keep)
  return { child, end: new Promise(resolve => child.on('close', code => resolve({ code, said }))) }
}

/** Runs a subject to its end through kills at moments of its undisturbed time; null where it ended, else what it said. */
async function throughKills(
  subject: Subject,
  folder: string,
  { milliseconds }: Undisturbed,
  draw: () => number,
  tally: Tally,
): Promise<string | null> {
  for (let tries = 0; ; tries++) {
    const args = subject.begun(folder) ? subject.goOn(folder) : subject.begin(folder)
    const { child, end } = started(args, { folder, output: subject.output })
    const last = tries >= killsOfARun
    const timer = last ? null : setTimeout(() => child.kill('SIGKILL'), draw() * milliseconds)
    const { code, said } = await end
    if (timer !== null) clearTimeout(timer)
    if (code === 0) return null
    if (code !== null) return `${args.join(' ')}\n${said}`
    tally.kills++
  }
}

/** Runs a subject on a disk that is full after a random byte, then to its end; null where it ended, else what it said. */
async function throughFullDisk(
  subject: Subject,
  folder: string,
  { bytes }: Undisturbed,
  draw: () => number,
  tally: Tally,
): Promise<string | null> {
  const { output } = subject
  const disk = { MINFORM_TRIAL_BYTES: String(Math.floor(draw() * bytes)) }
  const first = await started(subject.begin(folder), { folder, output, disk }).end
  if (first.code === 0) return null // what may be missing, as a line of a log
  tally.fills++
  if (!/ENOSPC/.test(first.said) || /this is a defect/.test(first.said)) {
    tally.unnamed++
    say(`${subject.name}, full after ${disk.MINFORM_TRIAL_BYTES} bytes: ${first.said}`)
  }
  const args = subject.begun(folder) ? subject.goOn(folder) : subject.begin(folder)
  const { code, said } = await started(args, { folder, output }).end
  return code === 0 ? null : `${args.join(' ')}\n${said}`
}

/** What a subject does where nothing disturbs it. */
interface Undisturbed {
  readonly milliseconds: number
  readonly bytes: number // that its busiest thread writes into files
  readonly trace: Readonly<Record<string, string>>
}

async function undisturbed(subject: Subject, place: string): Promise<Undisturbed> {
  const [folder, count] = [join(place, 'whole'), join(place, 'bytes')]
  mkdirSync(folder)
  const begun = performance.now()
  const disk = { MINFORM_TRIAL_COUNT: count }
  const surroundings = { folder, output: subject.output, disk }
  const { code, said } = await started(subject.begin(folder), surroundings).end
  if (code !== 0) throw new Error(`${subject.name} fails undisturbed:\n${said}`)
  const bytes = Math.max(...readFileSync(count, 'utf8').trim().split('\n').map(Number))
  return { milliseconds: performance.now() - begun, bytes, trace: traceOf(folder) }
}

interface Asked {
  readonly kills: number
  readonly fills: number
  readonly seed: number
}

async function tried(subject: Subject, asked: Asked, place: string): Promise<Tally> {
  const tally: Tally = {
    ...{ name: subject.name, runs: 0, kills: 0, fills: 0 },
    ...{ unnamed: 0, unequal: 0, left: 0, failed: 0 },
  }
  const draw = random(asked.seed, subject.name)
  const alone = await undisturbed(subject, place)
  while (tally.kills < asked.kills || tally.fills < asked.fills) {
    const folder = join(place, `killed-${++tally.runs}`)
    mkdirSync(folder)
    const through = tally.kills < asked.kills ? throughKills : throughFullDisk
    const wrong = await through(subject, folder, alone, draw, tally)
    const differing = wrong === null ? apart(alone.trace, traceOf(folder)) : []
    const lying = wrong === null ? leftovers(folder) : []
    tally.failed += wrong === null ? 0 : 1
    tally.unequal += differing.length > 0 ? 1 : 0
    tally.left += lying.length > 0 ? 1 : 0
    if (wrong === null && differing.length + lying.length === 0) rmSync(folder, { recursive: true })
    else
      say(
        `${subject.name}: ${folder} is kept: ${[wrong ?? [], ...differing, ...lying].flat().join('\n  ')}`,
      )
    say(
      `${subject.name}: ${tally.kills} of ${asked.kills} kills, ${tally.fills} of ${asked.fills} full disks`,
    )
  }
  return tally
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

function table(tallies: readonly Tally[]): string {
  const row = ({ name, runs, kills, fills, unnamed, failed, unequal, left }: Tally): string[] => [
    ...[`\`${name.replace(', ', '`, ').replace(/`?$/, '')}${name.includes(', ') ? '' : '`'}`],
    ...[runs, kills, fills, unnamed, failed, unequal, left].map(String),
  ]
  return markdownTable([
    [
      ...['command', 'runs', 'kills', 'full disks', 'not named'],
      ...['not continued', 'not equal', 'left something'],
    ],
    ...tallies.map(row),
  ])
}

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '48' },
    fills: { type: 'string', default: '48' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    place: { type: 'string' },
    program: { type: 'string' }, // such as node_modules/.bin/minform of a folder that has installed the package
  },
})
const built = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js')
const program = resolve(values.program ?? built)
const place = values.place ?? mkdtempSync(join(tmpdir(), 'minform-crash-'))
mkdirSync(place, { recursive: true })
const subjects = subjectsOf(place).filter(({ name }) => name.includes(values.only ?? ''))
const each = (count: string): number => Math.ceil(Number(count) / subjects.length)
const asked = {
  kills: each(values.kills),
  fills: each(values.fills),
  seed: Number(values.seed),
}
const tallies: Tally[] = []
for (const [i, subject] of subjects.entries()) {
  const own = join(place, String(i))
  mkdirSync(own)
  tallies.push(await tried(subject, asked, own))
}
process.stdout.write(`${table(tallies)}\n`)
const wrong = tallies.some(
  ({ unnamed, failed, unequal, left }) => unnamed + failed + unequal + left > 0,
)
if (!wrong && values.place === undefined) rmSync(place, { recursive: true })
process.exitCode = wrong ? 1 : 0
