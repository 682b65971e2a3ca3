import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { random } from '../../src/numbers/random.ts'
import { readRun } from '../../src/runs/reader.ts'
import { built } from '../built.ts'
import { tinyModels, train } from './train-subject.ts'

let tiny: Awaited<ReturnType<typeof tinyModels>>
let done: string // a run of two iterations
let runs = 0
const newRun = (): string => join(tiny.folder, `resumed-${++runs}`)
const flags = (run: string, iterations: number): string[] => [
  ...['--problems', tiny.problems, '--model', tiny.base, '--prm', tiny.prm, '--run', run],
  ...['--iterations', String(iterations), '--batch', '6', '--max-tokens', '24'],
  ...['--eval-every', '3', '--seed', '5', '--threads', '1'],
  ...['--audit', 'off'], // the judge knows one sum
]

beforeAll(async () => {
  tiny = await tinyModels()
  done = newRun()
  expect((await train('pure-prm-vr', ...flags(done, 2))).code).toBe(0)
})
afterAll(() => tiny.remove())

/** `minform train` as a program; told when it has begun, with how to follow its end. */
function program(args: readonly string[]): {
  child: ChildProcess
  begun: Promise<void>
  end: Promise<number | null>
} {
  const child = spawn(process.execPath, [built('cli/main'), 'train', ...args])
  const end = new Promise<number | null>(resolve => {
    child.on('close', resolve)
  })
  const begun = new Promise<void>(resolve => {
    child.stderr!.on('data', () => resolve())
    child.on('close', () => resolve())
  })
  return { child, begun, end }
}

/** A recipe that remembers, and replays rollouts of earlier iterations; a third of all texts count as right. */
function remembering(): string[] {
  const file = join(tiny.folder, 'thirds.mjs')
  writeFileSync(file, 'export default ({ text }) => Number(text.length % 3 === 0)\n')
  return ['exgrpo', '--begin-at', '0', '--reward', file]
}

/** What may not depend on how often a run was killed. */
function traceOf(folder: string) {
  const metrics = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').replaceAll(
    /"time\/\w+":[^,}]*,?/g,
    '',
  )
  const run = readRun(folder)
  const parts = run
    .iterations()
    .map(i =>
      readFileSync(join(folder, 'rollouts', `part-${String(i).padStart(5, '0')}.parquet`), 'hex'),
    )
  const models = run
    .checkpoints()
    .map(checkpoint => [
      checkpoint.slice(folder.length),
      ...['model.safetensors', 'optimizer.state', 'optimizer.json', 'training.json'].map(name =>
        readFileSync(join(checkpoint, name), 'hex'),
      ),
    ])
  return { metrics, parts, models }
}

test.each([0, 1])(
  'sampled %d ahead, killed at random moments and continued, a run ends as one that was not',
  async ahead => {
    const more = ['--ahead', String(ahead), ...(ahead === 0 ? [] : ['--checkpoint-every', '2'])]
    const recipe = ahead === 0 ? remembering() : [] // what remembers is not sampled ahead
    const asked = (run: string): string[] => [...recipe, ...flags(run, 6), ...more]
    const [whole, killed] = [newRun(), newRun()]
    const unbroken = program(asked(whole))
    await unbroken.begun
    const started = performance.now()
    expect(await unbroken.end).toBe(0)
    let duration = performance.now() - started
    const draw = random(Date.now(), 'kills')
    let kills = 0
    for (let tries = 0; ; tries++) {
      const resume = existsSync(join(killed, 'config.json'))
      const args = resume ? ['--resume', '--run', killed] : asked(killed)
      const { child, begun, end } = program(args)
      await begun
      // later tries are left alone, so that the test ends
      const timer =
        tries < 2 ? setTimeout(() => child.kill('SIGKILL'), draw() * 0.6 * duration) : null
      const code = await end
      if (timer !== null) clearTimeout(timer)
      if (code === 0 && kills > 0) break
      if (code === 0) {
        // the machine was busier when the time was taken: again, with a shorter one
        rmSync(killed, { recursive: true })
        duration /= 2
        tries = -1
        continue
      }
      expect(code).toBeNull() // by the signal: a run that was killed is always continued
      kills++
    }
    expect(traceOf(killed)).toEqual(traceOf(whole))
    const staleness = readRun(killed)
      .metrics()
      .map(line => line['rollouts/staleness'])
    expect(staleness).toEqual([0, ...Array(5).fill(ahead)])
    const replays = readRun(killed)
      .metrics()
      .filter(line => Number(line['rollouts/replay_share']) > 0)
    expect(replays.length > 0).toBe(ahead === 0)
    expect(existsSync(join(killed, 'run.lock'))).toBe(false)
  },
  600_000,
)

describe('what was said when the run began', () => {
  test.each([
    [['--seed', '6'], '--seed is 5 there and 6 here'],
    [['--threads', '2'], '--threads is 1 there and 2 here'],
    [['--task', 'nested-arithmetic'], '--task is not set there and nested-arithmetic here'],
    [['--from-scratch'], '--from-scratch is false there and true here'],
    [['--learning-rate', '1e-3'], '--learning-rate is 0.0001 there and 1e-3 here'],
    [['--gate', 'repetition'], '--gate is '],
    [['--judge', 'http://h'], '--judge is not set there and http://h here'],
    [['--convention', 'trl'], '--convention is not set there and trl here'],
  ])('%j contradicts it', async (more, message) => {
    const { code, out, err } = await train('--resume', '--run', done, ...more)
    expect(err).toContain(`--resume continues ${done} as it was started: `)
    expect(err).toContain(message)
    expect([code, out]).toEqual([2, ''])
  })

  test('another recipe contradicts it', async () => {
    const { code, err } = await train('sum-form', '--resume', '--run', done)
    expect(err).toContain('the recipe is pure-prm-vr there and sum-form here')
    expect(code).toBe(2)
  })

  test('may be said again; a run that is done tells again what came out', async () => {
    const before = traceOf(done)
    const { code, out } = await train(
      'pure-prm-vr',
      '--resume',
      ...flags(done, 2),
      '--on-alarm',
      'pause',
      '--audit',
      'warn',
    )
    expect(out).toMatch(/accuracy on \d+ held-out problems, 4 samples each: .* after 2 iterations/)
    expect(out).toMatch(/that of iteration \d, the best on \d+ validation problems: /)
    expect(code).toBe(0)
    expect(traceOf(done)).toEqual(before)
  })
})

describe('more iterations', () => {
  test('a run that was done goes on to them, to the last bit as if they had been asked at once', async () => {
    const [whole, extended] = [newRun(), newRun()]
    expect((await train('pure-prm-vr', ...flags(whole, 3))).code).toBe(0)
    cpSync(done, extended, { recursive: true })
    const more = ['--resume', '--run', extended, '--iterations', '3', '--json']
    const { code, out, err } = await train(...more)
    expect(err).toContain('continued after 2 of 3 iterations')
    expect(code).toBe(0)
    const result = JSON.parse(out)
    expect(result).toMatchObject({ recipe: 'pure-prm-vr', run: extended, seed: 5, asked: 3 })
    expect(result).toMatchObject({
      iterations: 3,
      after: { samples: 4, graded: expect.any(Number) },
    })
    expect(out).toBe(`${JSON.stringify(result)}\n`)
    const [one, other] = [whole, extended].map(run => {
      const { parts, models } = traceOf(run)
      // training.json apart: what was the end before was validated then
      return { parts, models: models.map(files => files.slice(0, -1)) }
    })
    expect(other).toEqual(one)
    expect(readRun(extended).config()).toMatchObject({ iterations: 3 })
    const again = await train('--resume', '--run', extended)
    expect(again.out).toContain('after 3 iterations')
  })

  test('fewer than are done are refused', async () => {
    const { code, err } = await train('--resume', '--run', done, '--iterations', '1')
    expect(err).toContain(`${done} has done 2 iterations, more than the 1 of --iterations; give 2`)
    expect(code).toBe(2)
  })
})

describe('a folder that cannot be continued', () => {
  test('is not named', async () => {
    const { code, err } = await train('--resume')
    expect(err).toContain('--resume needs --run, the folder of the run to continue')
    expect(code).toBe(2)
  })

  test('holds no run', async () => {
    const { code, err } = await train('--resume', '--run', tiny.folder)
    expect(err).toContain(
      `${tiny.folder} holds no run (no config.json); start one without --resume`,
    )
    expect(code).toBe(1)
  })

  test('is of another version', async () => {
    const run = newRun()
    cpSync(done, run, { recursive: true })
    const config = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8')) as object
    const versions = { minform: '9.1.0' }
    writeFileSync(join(run, 'config.json'), JSON.stringify({ ...config, format: 7, versions }))
    const { code, err } = await train('--resume', '--run', run)
    expect(err).toContain(
      'holds a run of another version (minform 9.1.0, format 7; expected format 2)',
    )
    expect(code).toBe(1)
  })

  test('is being written by a process that runs; not by one that is gone', async () => {
    const other = spawn('sleep', ['600'])
    const lock = join(done, 'run.lock')
    const owner = { pid: other.pid, host: hostname(), started: null }
    writeFileSync(lock, JSON.stringify(owner))
    const refused = await train('--resume', '--run', done)
    expect(refused.err).toContain(`${done} is being written by process ${other.pid}`)
    expect(refused.code).toBe(1)
    const gone = new Promise(resolve => other.on('close', resolve))
    other.kill('SIGKILL')
    await gone
    expect((await train('--resume', '--run', done)).code).toBe(0)
    rmSync(lock, { force: true })
  })
})

test.each([
  [['--gate', 'plan'], "--gate: no pattern 'plan'"],
  [['--on-alarm', 'stop'], "--on-alarm is one of warn, pause, rollback, got 'stop'"],
  [['--ahead', '2'], "--ahead is a whole number from 0 to 1, got '2'"],
  [['--checkpoint-every', '0'], "--checkpoint-every is a whole number from 1, got '0'"],
])('%j is refused', async (more, message) => {
  const { code, err } = await train(...flags(newRun(), 1), ...more)
  expect(err).toContain(message)
  expect(code).toBe(2)
})
