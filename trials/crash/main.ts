// npm run crash -- --kills N: kills every command that goes on, at random moments, until N kills have landed; what each ends
// with must be what it ends with undisturbed, to the last bit, and nothing may lie about.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { markdownTable } from '../../src/compare/report.ts'
import { random } from '../../src/numbers/random.ts'
import { type Subject, subjectsOf } from './subjects.ts'
import { apart, leftovers, traceOf } from './trace.ts'

const program = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js')
const killsOfARun = 4 // then it may end

interface Tally {
  readonly name: string
  runs: number
  kills: number
  unequal: number
  left: number
  failed: number
}

/** What became of a command: its exit code, null where it was killed, and what it said. */
interface End {
  readonly code: number | null
  readonly said: string
}

function started(
  args: readonly string[],
  folder: string,
): { child: ChildProcess; end: Promise<End> } {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const keep = (text: Buffer): void => {
    said = (said + text).slice(-4000)
  }
  child.stdout!.on('data', keep)
  child.stderr!.on('data', keep)
  return { child, end: new Promise(resolve => child.on('close', code => resolve({ code, said }))) }
}

/** Runs a subject to its end through kills at moments of its undisturbed time; null where it ended, else what it said. */
async function throughKills(
  subject: Subject,
  folder: string,
  milliseconds: number,
  draw: () => number,
  tally: Tally,
): Promise<string | null> {
  for (let tries = 0; ; tries++) {
    const args = subject.begun(folder) ? subject.goOn(folder) : subject.begin(folder)
    const { child, end } = started(args, folder)
    const last = tries >= killsOfARun
    const timer = last ? null : setTimeout(() => child.kill('SIGKILL'), draw() * milliseconds)
    const { code, said } = await end
    if (timer !== null) clearTimeout(timer)
    if (code === 0) return null
    if (code !== null) return `${args.join(' ')}\n${said}`
    tally.kills++
  }
}

async function tried(subject: Subject, kills: number, seed: number, place: string): Promise<Tally> {
  const tally: Tally = { name: subject.name, runs: 0, kills: 0, unequal: 0, left: 0, failed: 0 }
  const draw = random(seed, subject.name)
  const folder = join(place, 'whole')
  mkdirSync(folder)
  const begun = performance.now()
  const { code, said } = await started(subject.begin(folder), folder).end
  if (code !== 0) throw new Error(`${subject.name} fails undisturbed:\n${said}`)
  const milliseconds = performance.now() - begun
  const expected = traceOf(folder)
  while (tally.kills < kills) {
    const killed = join(place, `killed-${++tally.runs}`)
    mkdirSync(killed)
    const wrong = await throughKills(subject, killed, milliseconds, draw, tally)
    const differing = wrong === null ? apart(expected, traceOf(killed)) : []
    const lying = wrong === null ? leftovers(killed) : []
    tally.failed += wrong === null ? 0 : 1
    tally.unequal += differing.length > 0 ? 1 : 0
    tally.left += lying.length > 0 ? 1 : 0
    if (wrong === null && differing.length + lying.length === 0) rmSync(killed, { recursive: true })
    else
      say(
        `${subject.name}: ${killed} is kept: ${[wrong ?? [], ...differing, ...lying].flat().join('\n  ')}`,
      )
    say(`${subject.name}: ${tally.kills} of ${kills} kills`)
  }
  return tally
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

function table(tallies: readonly Tally[]): string {
  const row = ({ name, runs, kills, failed, unequal, left }: Tally): string[] => [
    ...[`\`${name.replace(', ', '`, ').replace(/`?$/, '')}${name.includes(', ') ? '' : '`'}`],
    ...[runs, kills, failed, unequal, left].map(String),
  ]
  return markdownTable([
    ['command', 'runs', 'kills', 'not continued', 'not equal', 'left something'],
    ...tallies.map(row),
  ])
}

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '44' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    place: { type: 'string' },
  },
})
const place = values.place ?? mkdtempSync(join(tmpdir(), 'minform-crash-'))
mkdirSync(place, { recursive: true })
const subjects = subjectsOf(place).filter(({ name }) => name.includes(values.only ?? ''))
const each = Math.ceil(Number(values.kills) / subjects.length)
const tallies: Tally[] = []
for (const [i, subject] of subjects.entries()) {
  const own = join(place, String(i))
  mkdirSync(own)
  tallies.push(await tried(subject, each, Number(values.seed), own))
}
process.stdout.write(`${table(tallies)}\n`)
const wrong = tallies.some(({ failed, unequal, left }) => failed + unequal + left > 0)
if (!wrong && values.place === undefined) rmSync(place, { recursive: true })
process.exitCode = wrong ? 1 : 0
