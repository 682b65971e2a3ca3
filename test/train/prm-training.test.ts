import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigError, DataError } from '../../src/errors.ts'
import { readLayout } from '../../src/prm/layout.ts'
import { conventionOf } from '../../src/prm/score/conventions.ts'
import { openScorer } from '../../src/prm/score/open.ts'
import { readRun } from '../../src/runs/reader.ts'
import { hasEnded } from '../../src/train/ended.ts'
import type { PrmRequest } from '../../src/train/prm-request.ts'
import { endedTraining, trainRewardModel } from '../../src/train/prm-training.ts'
import { fixture, rowsFile } from '../cli/commands.ts'
import { kept, prmSubject, rows } from './prm-subject.ts'

let subject: ReturnType<typeof prmSubject>
beforeAll(() => {
  subject = prmSubject()
})
afterAll(() => subject.remove())

const weights = (folder: string): Buffer => readFileSync(join(folder, 'model.safetensors'))

const short = { course: { updates: 2 }, keeping: { validateEvery: 0 } }

describe('a trained reward model', () => {
  test('is a folder that says how it is asked; metrics lie beside it', async () => {
    const request = subject.request('cross-entropy', { course: { updates: 6, learningRate: 3e-3 } })
    const report = kept()
    const { loss, validation, layout } = await trainRewardModel(request, report)
    expect(loss).toBeLessThan(0.68)
    expect(report.lines[0]).toMatch(/^\d+ \d+ \d+ 0$/)
    expect(report.validated).toEqual([2, 4, 6])
    expect(validation!.steps).toBeGreaterThan(0)
    expect(await readLayout(request.out)).toEqual(layout)
    expect(layout).toMatchObject({ convention: 'minform', threshold: 0 })
    const run = readRun(request.folder)
    const lines = run.metrics()
    expect(lines.map(({ iteration }) => iteration)).toEqual(
      Array.from({ length: 6 }, (_, i) => i + 1),
    )
    expect(lines[1]).toHaveProperty(['validation/first_error_f1'])
    expect(lines[0]!['train/loss']).toBeGreaterThan(loss)
    expect(run.checkpoints()).toEqual([])
    expect(run.config()).toMatchObject({ kind: 'prm-train', loss: 'cross-entropy', seed: 1 })
  })

  test.each(['label-token', 'implicit-dpo'])(
    '%s',
    async name => {
      // pairs need a right and a wrong solution of one problem
      const twice = rows.map((row, i) => ({ ...row, problem: rows[i - (i % 2)]!.problem }))
      const source = files([rowsFile(twice)])
      const request = subject.request(name, { ...short, source })
      const report = kept()
      const { validation, loss } = await trainRewardModel(request, report)
      expect(Number.isFinite(loss)).toBe(true)
      expect(report.validated).toEqual([2])
      expect((await readLayout(request.out))!.threshold).toBe(validation!.threshold)
      // the folder says all that scoring needs, also where its reference lies
      const scorer = await openScorer({ kind: 'model', folder: request.out, threads: 1 })
      const problem = { id: '', answer: null, solution: null, meta: {}, prompt: 'Add 3 and 4.\n\n' }
      const [scores] = await scorer.score([
        { id: 'a', problem, steps: ['3 + 4 = 7', '\\boxed{7}'] },
      ])
      expect(scores!.map(Number.isFinite)).toEqual([true, true])
      await scorer.close()
    },
    180_000,
  )

  test('critiques: a folder that is asked for critiques of its own', async () => {
    const overrides = { writer: 'labels', critiqueTokens: '8' }
    const none = subject.request('critiques', { ...short, overrides })
    await expect(trainRewardModel(none, kept())).rejects.toThrow('in at most 8 tokens')
    const request = subject.request('critiques', { ...short, overrides: { writer: 'labels' } })
    const { loss } = await trainRewardModel(request, kept())
    expect(Number.isFinite(loss)).toBe(true)
    expect(await readLayout(request.out)).toMatchObject({
      score: { head: 'critiques', votes: 1, rounds: 1, maxTokens: 256, temperature: 0 },
      threshold: 0.5,
    })
    const scorer = await openScorer({ kind: 'model', folder: request.out, threads: 1 })
    const problem = { id: '', answer: null, solution: null, meta: {}, prompt: 'Add 3 and 4.\n\n' }
    const [scores] = await scorer.score([{ id: 'a', problem, steps: ['3 + 4 = 7', '\\boxed{7}'] }])
    expect(scores).toHaveLength(2) // null where it says nothing that can be read
    await scorer.close()
  }, 180_000)

  test('goes on learning with its own head and layout, at the threshold that is asked for', async () => {
    const first = subject.request('mse', {
      ...short,
      start: { convention: 'skywork' },
      keeping: { validateEvery: 0, threshold: 0.25 },
    })
    const { validation } = await trainRewardModel(first, kept())
    expect(validation!.threshold).toBe(0.25)
    const more = subject.request('mse', { ...short, model: first.out })
    const { layout } = await trainRewardModel(more, kept())
    expect(layout).toEqual({ ...conventionOf('skywork'), threshold: 0.25 })
    expect(weights(more.out).equals(weights(first.out))).toBe(false)
  })
})

describe('updates on replaced tokens', () => {
  test('come first, and change what is learned', async () => {
    const losses = async (replacedUpdates: number | null): Promise<unknown[]> => {
      const request = subject.request('cross-entropy', { course: { updates: 4, replacedUpdates } })
      await trainRewardModel(request, kept())
      return readRun(request.folder)
        .metrics()
        .map(line => line['train/loss'])
    }
    const [none, one, usual] = [await losses(0), await losses(1), await losses(null)]
    expect(one[0]).not.toBe(none[0])
    expect(usual).toEqual(one) // a quarter, where the head is new
  })

  test('new layers come with a new head alone', async () => {
    const fresh = {
      start: { newLayers: null },
      course: { updates: 1, replacedUpdates: null },
      keeping: { validateEvery: 0 },
    }
    const first = subject.request('cross-entropy', fresh)
    await trainRewardModel(first, kept())
    const more = subject.request('cross-entropy', { ...fresh, model: first.out })
    await trainRewardModel(more, kept())
    const layers = [first, more].map(
      ({ out }) => JSON.parse(readFileSync(join(out, 'config.json'), 'utf8')).num_hidden_layers,
    )
    const trunk = JSON.parse(readFileSync(join(fixture('qwen2'), 'config.json'), 'utf8'))
    expect(layers).toEqual([trunk.num_hidden_layers + 2, trunk.num_hidden_layers + 2])
  })
})

describe('interrupted', () => {
  /** Stops after so many updates. */
  async function stopped(request: PrmRequest, after: number) {
    const controller = new AbortController()
    const report = kept()
    const stop = {
      ...report.stages,
      update: (done: number) => done === after && controller.abort(),
    }
    const training = trainRewardModel(request, { ...report, stages: stop }, controller.signal)
    await expect(training).rejects.toThrow(/abort/i)
    return report
  }

  test('nothing is saved half, and it goes on to the same weights', async () => {
    const whole = subject.request('cross-entropy', {
      course: { updates: 6, replacedUpdates: 4 },
    })
    await trainRewardModel(whole, kept())
    const parted = subject.request('cross-entropy', { course: { updates: 6, replacedUpdates: 4 } })
    const report = await stopped(parted, 3)
    expect(report.lines.at(-1)).toBe(
      'stopped after 3 of 6 updates; the same command with --resume goes on',
    )
    expect(existsSync(parted.out)).toBe(false)
    const resume = { resume: true }
    const changed = { ...parted, course: { ...parted.course, batch: 9 } }
    const other = trainRewardModel(changed, kept(), undefined, resume)
    await expect(other).rejects.toThrow('batch was 8, is 9')
    await expect(trainRewardModel(parted, kept())).rejects.toThrow('add --resume to go on with it')
    cpSync(whole.out, parted.out, { recursive: true }) // as if killed once it had saved
    expect(hasEnded(parted.folder)).toBe(false)
    await trainRewardModel(parted, kept(), undefined, resume)
    expect(weights(parted.out).equals(weights(whole.out))).toBe(true)
    expect(hasEnded(parted.folder)).toBe(true)
    const ended = trainRewardModel(parted, kept(), undefined, resume)
    await expect(ended).rejects.toThrow('holds a model')
    expect(endedTraining(parted)).toBe(true)
    expect(endedTraining({ ...parted, out: `${parted.out}-moved` })).toBe(false)
    expect(readRun(parted.folder).metrics()).toHaveLength(6)
  })

  test('what was never begun cannot be gone on with', async () => {
    const training = trainRewardModel(subject.request(), kept(), undefined, { resume: true })
    await expect(training).rejects.toThrow('holds no run')
  })
})

describe('refusals, before anything is written', () => {
  const refused = async (request: PrmRequest, what: string, kind: new (m: string) => Error) => {
    const error: unknown = await trainRewardModel(request, kept()).catch(error => error)
    expect(error).toBeInstanceOf(kind)
    expect((error as Error).message).toContain(what)
    expect(existsSync(request.folder!)).toBe(false)
  }

  test('heads that do not fit', async () => {
    const judge = { model: fixture('qwen2-prm') }
    await refused(subject.request('mse', judge), 'trains a head of 1 outputs', ConfigError)
    await refused(subject.request('label-token', judge), 'trains a language model', ConfigError)
    const layers = subject.request('cross-entropy', { ...judge, start: { newLayers: 1 } })
    await refused(layers, '--new-layers goes with a new head', ConfigError)
    const turns = subject.request('mse', { start: { convention: 'rlhflow' } })
    await refused(turns, 'turns are answered by labels', ConfigError)
    const inside = subject.request('q-ranking', { labels: { inside: true } })
    await refused(inside, 'leave out --inside', ConfigError)
    const replaced = subject.request('q-ranking', { course: { replacedUpdates: 1 } })
    await refused(replaced, 'leave out --replaced-updates', ConfigError)
  })

  test('an --out that holds a model', async () => {
    const request = { ...subject.request(), out: fixture('qwen2') }
    await refused(request, 'holds a model', ConfigError)
  })

  test('nothing to learn from', async () => {
    const unknown = rows.map(row => ({ ...row, labels: [null, null, null] }))
    const source = files([rowsFile(unknown)])
    const request = subject.request('cross-entropy', { source })
    await refused(request, 'nothing to learn from: solution row', DataError)
    const wrong = rows.map(row => ({ ...row, labels: [1, 0, null] }))
    const replaced = { source: files([rowsFile(wrong)]), course: { replacedUpdates: 1 } }
    const none = subject.request('cross-entropy', replaced)
    await refused(none, 'no solution is right in all steps that could be replaced', DataError)
  })
})

function files(names: readonly string[]): PrmRequest['source'] {
  return { ...subject.request().source, files: names } as PrmRequest['source']
}
