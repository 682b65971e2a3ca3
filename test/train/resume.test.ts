import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Precision } from '../../src/engine/engine.ts'
import { openFakeEngine } from '../../src/engine/fake.ts'
import { RunError } from '../../src/errors.ts'
import type { Method, Now } from '../../src/method.ts'
import { random } from '../../src/numbers/random.ts'
import { resolve } from '../../src/recipe.ts'
import exgrpo from '../../src/recipes/exgrpo.ts'
import type { Environment } from '../../src/rollouts/environment.ts'
import { readRun } from '../../src/runs/reader.ts'
import { recallFrom } from '../../src/runs/recall.ts'
import { createRun, resumeRun } from '../../src/runs/writer.ts'
import { readState } from '../../src/train/checkpoints.ts'
import { talkedMethod } from '../../src/train/environment.ts'
import { train } from '../../src/train/loop.ts'
import type { TrainingReport } from '../../src/train/report.ts'
import type { TrainingPlan } from '../../src/train/training.ts'
import type { Json } from '../../src/types.ts'
import { toyJudge, toyNeeds, toyPolicy, toySampler } from '../toy.ts'
import { silent, toyPlan } from './toy-plan.ts'

const root = mkdtempSync(join(tmpdir(), 'minform-resume-'))
afterAll(() => rmSync(root, { recursive: true }))

let runs = 0
const newFolder = (): string => join(root, `run-${++runs}`)

interface Changes {
  readonly plan?: Partial<TrainingPlan>
  readonly method?: (method: Method, now: Now) => Method
  readonly report?: Partial<TrainingReport>
  readonly signal?: AbortSignal
  readonly environment?: Environment
  readonly precision?: Precision
}

/** Starts a run, or continues the one of a folder with a policy that has forgotten everything. */
async function ran(folder: string, resume: boolean, changes: Changes = {}) {
  const {
    plan,
    method = (one: Method) => one,
    report,
    signal = new AbortController().signal,
    environment = null,
    precision = 'float32',
  } = changes
  const policy = toyPolicy(3)
  const run = resume ? resumeRun(folder) : createRun(folder, {})
  const toy = toyPlan(policy, folder, { environment, precision })
  const whole = {
    ...toy,
    methodAt: (now: Now) => method(toy.methodAt(now), now),
    iterations: 7,
    evaluateEvery: 3,
    ...plan,
  }
  const done = train(whole, run, { ...silent, ...report }, signal)
  return done.finally(() => run.close()).catch((error: Error) => error)
}

/** Everything of a run that may not depend on how often it was broken off. */
function traceOf(folder: string) {
  const run = readRun(folder)
  const metrics = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').replaceAll(
    /"time\/\w+":[^,}]*/g,
    '',
  )
  const rollouts = run
    .iterations()
    .map(i => readFileSync(join(folder, `rollouts/part-0000${i}.parquet`), 'hex'))
  const checkpoints = run.checkpoints().map(path => {
    const names = readdirSync(path).sort()
    return [
      path.slice(folder.length),
      ...names.map(name => [name, readFileSync(join(path, name), 'hex')]),
    ]
  })
  return { metrics, rollouts, checkpoints }
}

/** Copies of a run as it stands when each is asked for, as of a process that is gone. */
function copiesOf(whole: string): { readonly copies: readonly string[]; copy(): void } {
  const copies: string[] = []
  const copy = (): void => {
    const folder = newFolder()
    cpSync(whole, folder, { recursive: true })
    rmSync(join(folder, 'run.lock'))
    copies.push(folder)
  }
  return { copies, copy }
}

test.each([0, 1])(
  'sampled %d ahead, a run that is broken off anywhere ends as one that is not',
  async ahead => {
    const whole = newFolder()
    const { copies, copy } = copiesOf(whole)
    const plan = { checkpointEvery: 2, ahead }
    const result = await ran(whole, false, { plan, report: { start: copy, iteration: copy } })
    expect(result).not.toBeInstanceOf(Error)
    const expected = traceOf(whole)
    expect(expected.rollouts).toHaveLength(7)
    expect(copies).toHaveLength(8)
    for (const [i, folder] of copies.entries()) {
      if (ahead === 1 && i % 3 !== 1) continue
      // what a process leaves that dies while it writes
      if (i % 2 === 0) appendFileSync(join(folder, 'metrics.jsonl'), '{"iteration":9,"rollouts/acc')
      writeFileSync(join(folder, 'rollouts', '.unfinished-part-00009.parquet'), 'PAR')
      const again = await ran(folder, true, { plan })
      expect(again).toMatchObject({ ...result, checkpoint: expect.any(String) })
      expect(traceOf(folder)).toEqual(expected)
    }
  },
)

test('drawn in 8 bits, a run that is broken off anywhere ends as one that is not', async () => {
  const precision = 'int8'
  const [whole, otherwise] = [newFolder(), newFolder()]
  const { copies, copy } = copiesOf(whole)
  await ran(whole, false, { plan: { checkpointEvery: 2 }, precision, report: { iteration: copy } })
  const expected = traceOf(whole)
  expect(expected.metrics).toContain('"update/importance_mean":')
  for (const folder of copies) {
    await ran(folder, true, { plan: { checkpointEvery: 2 }, precision })
    expect(traceOf(folder)).toEqual(expected)
  }
  await ran(otherwise, false, { plan: { checkpointEvery: 2 } })
  const plain = traceOf(otherwise)
  expect(plain.metrics).not.toContain('"update/importance_mean":')
  expect(plain.rollouts).not.toEqual(expected.rollouts)
})

test('a run in an environment goes on to the same end, whose replies only the seed decides', async () => {
  const environment: Environment = {
    name: 'dice',
    stops: ['good'],
    open: (_, seed) => {
      const draw = random(seed, 'dice')
      return {
        reply: text => (text.endsWith('good') ? (draw() < 0.5 ? 'bad' : 'q1') : null),
        score: () => ({ parts: { luck: draw() } }),
      }
    },
  }
  const [whole, otherwise] = [newFolder(), newFolder()]
  const { copies, copy } = copiesOf(whole)
  const changes = { plan: { checkpointEvery: 2 }, environment, method: talkedMethod }
  await ran(whole, false, { ...changes, report: { iteration: copy } })
  const expected = traceOf(whole)
  expect(expected.metrics).toContain('"rewards/luck_mean":')
  for (const folder of copies.filter((_, i) => i % 2 === 0)) {
    await ran(folder, true, changes)
    expect(traceOf(folder)).toEqual(expected)
  }
  await ran(otherwise, false, { plan: { checkpointEvery: 2 } })
  expect(traceOf(otherwise).rollouts).not.toEqual(expected.rollouts)
})

/** A method that samples, learns and draws its problems by what it remembers of all iterations before. */
function remembering(method: Method, { iteration, memory }: Now): Method {
  const { tokens, asked } = (memory ?? { tokens: 0, asked: [] }) as {
    tokens: number
    asked: string[]
  }
  return {
    ...method,
    problems: (draw, count) => {
      const skipped = Array.from({ length: tokens % 3 }, draw)
      return [...skipped.slice(0, 1), ...Array.from({ length: count }, draw)].slice(0, count)
    },
    rollouts: (problems, seed, signal) => method.rollouts(problems, seed + tokens, signal),
    remember: ({ groups_P }) => ({
      tokens: tokens + groups_P.flatMap(g => g.rollouts).reduce((sum, r) => sum + r.ids.length, 0),
      asked: [...asked, `${iteration}: ${groups_P.map(({ problem }) => problem.id)}`],
    }),
  }
}

test('a method that remembers goes on with what it knew, wherever it is broken off', async () => {
  const [whole, forgetful] = [newFolder(), newFolder()]
  const { copies, copy } = copiesOf(whole)
  const changes = { plan: { checkpointEvery: 2 }, method: remembering }
  await ran(whole, false, { ...changes, report: { start: copy, iteration: copy } })
  const { memory, drawn } = readState(readRun(whole).checkpoints().at(-1)!)
  const { asked } = memory as { asked: string[] }
  expect(asked.map(line => line.split(':')[0])).toEqual(['1', '2', '3', '4', '5', '6', '7'])
  expect(drawn).toBeGreaterThan(28)
  for (const folder of copies) {
    await ran(folder, true, changes)
    expect(traceOf(folder)).toEqual(traceOf(whole))
  }
  const nothing = (method: Method, now: Now) => remembering(method, { ...now, memory: null })
  await ran(forgetful, false, { ...changes, method: nothing })
  expect(traceOf(forgetful).rollouts).not.toEqual(traceOf(whole).rollouts)
})

test("rollouts are replayed from the run's own table, wherever it is broken off", async () => {
  const whole = newFolder()
  const { copies, copy } = copiesOf(whole)
  const options = resolve(exgrpo, { groupSize: '6', beginAt: '0' })
  const replaying = (folder: string): NonNullable<Changes['plan']> => {
    const policy = toyPolicy(3)
    const needs = toyNeeds(policy, undefined, { recall: recallFrom(folder) })
    const methodAt = (now: Now) => exgrpo.build(options, needs, now)
    const sampler = { ...toySampler(policy), greedy: true }
    return { checkpointEvery: 2, learner: { policy, reference: null }, sampler, methodAt }
  }
  const plan = replaying(whole)
  await ran(whole, false, { plan, report: { start: copy, iteration: copy } })
  const replays = readRun(whole)
    .metrics()
    .map(line => line['rollouts/replay_share'])
  expect(replays.filter(share => share !== undefined).length).toBeGreaterThan(2)
  for (const folder of copies) {
    await ran(folder, true, { plan: replaying(folder) })
    expect(traceOf(folder)).toEqual(traceOf(whole))
  }
})

test.each([
  [{ a: [1, Number.NaN] }, 'memory.a[1] is NaN'],
  [{ a: new Float32Array(2) }, 'memory.a is of the class Float32Array'],
  [{ a: undefined }, 'memory.a is undefined'],
  ['x'.repeat(2 ** 24), 'memory: 16.0 MiB as JSON, of 16 that'],
])('memory that is no plain data, or too much, is refused by name', async (memory, message) => {
  const folder = newFolder()
  const method = (one: Method): Method => ({ ...one, remember: () => memory as Json })
  const error = await ran(folder, false, { method })
  expect(error).toBeInstanceOf(RunError)
  expect((error as Error).message).toContain(message)
  expect(readRun(folder).checkpoints()).toHaveLength(1) // where it began; nothing was learned
})

test.each([0, 1])(
  'sampled %d ahead, often stopped and continued, and when all is done, it says the same again',
  async ahead => {
    const [whole, broken] = [newFolder(), newFolder()]
    const plan = { ahead }
    const result = await ran(whole, false, { plan })
    for (let stop = 1; stop <= 6; stop++) {
      const controller = new AbortController()
      const iteration = (done: number): void => {
        if (done >= stop) controller.abort()
      }
      const { signal } = controller
      expect(await ran(broken, stop > 1, { plan, report: { iteration }, signal })).toMatchObject({
        iterations: stop,
      })
    }
    const told: number[] = []
    const end = await ran(broken, true, { plan, report: { start: (_, done) => told.push(done) } })
    expect(end).toMatchObject({ ...result, checkpoint: expect.any(String) })
    expect(told).toEqual([6])
    expect(traceOf(broken)).toEqual(traceOf(whole))
    expect(await ran(broken, true, { plan })).toEqual(end)
    expect(traceOf(broken)).toEqual(traceOf(whole))
  },
)

test('a run goes on to more iterations, and ends as one that had as many from the start', async () => {
  const [whole, extended] = [newFolder(), newFolder()]
  const result = await ran(whole, false)
  const first = await ran(extended, false, { plan: { iterations: 4 } }) // validates out of turn
  expect(first).toMatchObject({ iterations: 4 })
  expect(await ran(extended, true)).toMatchObject({ ...result, checkpoint: expect.any(String) })
  const [one, other] = [traceOf(whole), traceOf(extended)]
  const ownLine = /^.*"iteration":4,.*$/m // has that validation too
  const keys = /"eval\/\w+":[^,}]*,?/g
  expect(ownLine.exec(other.metrics)![0]).toMatch(keys)
  other.metrics = other.metrics.replace(ownLine, line => line.replaceAll(keys, ''))
  expect(other).toEqual(one)
})

test('a falling rate falls towards the new end from where it stands', async () => {
  const folder = newFolder()
  const rates = (): unknown[] =>
    readRun(folder)
      .metrics()
      .map(line => line['update/learning_rate'])
  const plan = { learningRate: 1, learningRateEnd: 0 }
  await ran(folder, false, { plan: { ...plan, iterations: 2 } })
  expect(rates()).toEqual([1, 0.5])
  await ran(folder, true, { plan: { ...plan, iterations: 4 } })
  expect(rates()).toEqual([1, 0.5, 0.5, 0.25])
})

test('a model that learns beside the policy is continued too', async () => {
  const judge = toyJudge(4)
  const folder = newFolder()
  await ran(folder, false, { plan: { beside: [judge], iterations: 2 } })
  const other = toyJudge(5)
  await ran(folder, true, { plan: { beside: [other], iterations: 2 } })
  expect(other.table.values).toEqual(judge.table.values)
})

test('what cannot be continued says why', async () => {
  const folder = newFolder()
  await ran(folder, false, { plan: { iterations: 2 } })
  const [last] = readRun(folder).checkpoints().slice(-1) as [string]
  const metrics = join(folder, 'metrics.jsonl')
  const lines = readFileSync(metrics, 'utf8')
  writeFileSync(metrics, lines.split('\n')[0]!)
  expect(() => resumeRun(folder)).toThrow(
    /metrics\.jsonl ends at iteration 1, before the checkpoint of iteration 2/,
  )
  writeFileSync(metrics, lines)
  writeFileSync(join(last, 'training.json'), '{"done":')
  expect(await ran(folder, true)).toMatchObject({
    name: 'RunError',
    message: expect.stringMatching(/training\.json: .*remove that checkpoint/),
  })
  writeFileSync(join(last, 'training.json'), '{"done": -1}')
  expect(await ran(folder, true)).toBeInstanceOf(RunError)
})

test.skipIf(process.platform !== 'linux')(
  'a full disk ends the run with its last checkpoint whole',
  async () => {
    const [folder, whole] = [newFolder(), newFolder()]
    let before = ''
    const fill = (done: number): void => {
      if (done !== 1) return
      before = readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
      rmSync(join(folder, 'metrics.jsonl'))
      symlinkSync('/dev/full', join(folder, 'metrics.jsonl'))
    }
    const plan = { checkpointEvery: 3 }
    const failed = await ran(folder, false, { plan, report: { iteration: fill } })
    expect(failed).toMatchObject({
      name: 'RunError',
      message: expect.stringMatching(/cannot append to .*metrics\.jsonl: ENOSPC.*disk has space/),
    })
    rmSync(join(folder, 'metrics.jsonl'))
    writeFileSync(join(folder, 'metrics.jsonl'), before)
    await ran(folder, true, { plan })
    await ran(whole, false, { plan })
    expect(traceOf(folder)).toEqual(traceOf(whole))
  },
)

describe('alarms', () => {
  /** From its fifth update on the policy says nothing any more. */
  const silenced = (method: Method): Method => ({
    ...method,
    rollouts: async (...args) => {
      const groups = await method.rollouts(...args)
      const said = (version: number): boolean => version < 4
      return groups.map(group => ({
        ...group,
        rollouts: group.rollouts.map(r =>
          said(r.weightVersion)
            ? { ...r, text: `${r.text}1` } // a number: no empty answer
            : {
                ...r,
                text: '',
                steps: [{ start: 0, end: r.ids.length, text: '', state: 'empty' }],
              },
        ),
      }))
    },
  })
  const changes = (onAlarm: TrainingPlan['onAlarm'], iterations = 8): Changes => ({
    method: silenced,
    plan: { onAlarm, iterations, checkpointEvery: 1, evaluateEvery: 0 },
  })
  const events = (folder: string) =>
    readRun(folder)
      .log()
      .filter(({ level }) => level === 'warn')
      .map(({ event, iteration }) => [event.split(':').slice(0, 2).join(':'), iteration])

  test('warn: the pattern is named and the run goes on', async () => {
    const folder = newFolder()
    const said: string[] = []
    const report = { say: (line: string) => void said.push(line) }
    expect(await ran(folder, false, { ...changes('warn'), report })).toMatchObject({
      iterations: 8,
    })
    expect(events(folder)).toEqual([
      ['alarm: empty answer', 6],
      ['alarm: reward without right answers', 6],
    ])
    expect(said[0]).toMatch(
      /^alarm after 6 iterations: empty answer: 100 % of rollouts \(0 % at the start\)/,
    )
    const { address } = readRun(folder)
      .log()
      .find(({ pattern }) => pattern === 'empty answer')!
    expect(said[0]).toContain(`${folder}/${address} shows it`)
    const [iteration, group, rollout] = String(address).split('/').map(Number)
    const rows = await readRun(folder).rollouts(iteration!)
    expect(rows.find(row => row.group === group && row.rollout === rollout)!.text).toBe('')
  })

  test('pause: the run ends with a checkpoint, and can be continued', async () => {
    const folder = newFolder()
    const paused = await ran(folder, false, changes('pause'))
    expect(paused).toMatchObject({
      name: 'RunError',
      message: expect.stringMatching(
        /paused after 6 iterations by an alarm: empty answer.*--resume --run/,
      ),
    })
    expect(readRun(folder).checkpoints().at(-1)).toMatch(/iteration-00006$/)
    expect(events(folder)).toEqual([
      ['alarm: empty answer', 6],
      ['alarm: reward without right answers', 6],
      ['paused by an alarm', 6],
    ])
    expect(await ran(folder, true, changes('pause'))).toMatchObject({ iterations: 8 })
    const unbroken = newFolder()
    await ran(unbroken, false, changes('warn'))
    expect(traceOf(folder).metrics).toEqual(traceOf(unbroken).metrics)
  })

  test('rollback: back to before the pattern with a lower learning rate, a few times, then a pause', async () => {
    const folder = newFolder()
    const paused = await ran(folder, false, changes('rollback'))
    expect(paused).toMatchObject({
      name: 'RunError',
      message: expect.stringContaining('paused after 6'),
    })
    const back = readRun(folder)
      .log()
      .filter(({ event }) => event === 'rolled back')
    expect(back).toMatchObject([
      { from: 6, to: 4, rateScale: 0.5, rollback: 1 },
      { from: 6, to: 4, rateScale: 0.25, rollback: 2 },
      { from: 6, to: 4, rateScale: 0.125, rollback: 3 },
    ])
    const metrics = readRun(folder).metrics()
    expect(metrics.map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4, 5, 6])
    expect(metrics.map(m => m['update/learning_rate'])).toEqual([
      0.05, 0.05, 0.05, 0.05, 0.00625, 0.00625,
    ])
    expect(readRun(folder).iterations()).toEqual([1, 2, 3, 4, 5, 6])
  })

  test.each([0, 1])(
    'sampled %d ahead, a run that goes back ends the same, wherever it is broken off',
    async ahead => {
      const whole = newFolder()
      const { copies, copy } = copiesOf(whole)
      const back = changes('rollback')
      const all = { ...back, plan: { ...back.plan, ahead } }
      await ran(whole, false, { ...all, report: { iteration: copy, say: copy } })
      const expected = traceOf(whole)
      for (const folder of copies.filter((_, i) => i % (3 + 3 * ahead) === 0)) {
        await ran(folder, true, all)
        expect(traceOf(folder)).toEqual(expected)
      }
    },
  )
})

test('the policy that is reported is the best on validation problems, of equal ones the last', async () => {
  const folder = newFolder()
  const result = await ran(folder, false, { plan: { evaluateEvery: 1 } })
  const accuracies = readRun(folder)
    .metrics()
    .map(m => m['eval/validation_accuracy'] as number)
  const best = 1 + accuracies.lastIndexOf(Math.max(...accuracies))
  expect(result).toMatchObject({ chosen: { iteration: best, accuracy: Math.max(...accuracies) } })
  const { checkpoint, after } = result as { checkpoint: string; after: unknown }
  expect(checkpoint).toMatch(new RegExp(`iteration-0000${best}$`))
  const opened = await openFakeEngine(checkpoint)
  expect(opened.table.values.length).toBeGreaterThan(0)
  expect(readRun(folder).log().at(-1)).toMatchObject({
    event: 'test accuracy after',
    ...(after as object),
  })
})
