import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { FakeEngine } from '../../src/engine/fake.ts'
import { openFakeEngine } from '../../src/engine/fake.ts'
import { VerifierError } from '../../src/errors.ts'
import type { Method } from '../../src/method.ts'
import { once } from '../../src/recipe.ts'
import { boxedGrader, type Grader } from '../../src/rewards/grader.ts'
import { readRun } from '../../src/runs/reader.ts'
import { createRun } from '../../src/runs/writer.ts'
import { train } from '../../src/train/loop.ts'
import type { TrainingReport } from '../../src/train/report.ts'
import type { TrainingPlan } from '../../src/train/training.ts'
import { toyPolicy } from '../toy.ts'
import { always, silent, toyPlan } from './toy-plan.ts'

const root = mkdtempSync(join(tmpdir(), 'minform-loop-'))
afterAll(() => rmSync(root, { recursive: true }))

let runs = 0
/** A run of four problems an iteration, its rewards or loss changed, and the weights after each iteration. */
async function trained(
  change: (method: Method, iteration: () => number) => Method,
  {
    plan = {},
    signal = new AbortController().signal,
    report = silent,
  }: {
    plan?: Partial<TrainingPlan>
    signal?: AbortSignal
    report?: TrainingReport
  } = {},
) {
  const policy = toyPolicy(3)
  const weights = [policy.table.values.slice()]
  const folder = join(root, `run-${++runs}`)
  const run = createRun(folder, {})
  const toy = toyPlan(policy, folder)
  const whole = {
    ...toy,
    methodAt: always(change(toy.methodAt(once), () => weights.length)),
    ...plan,
  }
  const watched: TrainingReport = {
    ...report,
    iteration: (done, metrics) => {
      weights.push(policy.table.values.slice())
      report.iteration(done, metrics)
    },
  }
  const done = train(whole, run, watched, signal)
  const result = await done.finally(() => run.close()).catch((error: Error) => error)
  return { result, weights, run: readRun(folder), policy }
}

const same = (method: Method): Method => method

test('a policy that the recipe has been seen to fail with is told of before the first iteration', async () => {
  const fails = { below: 0.99, how: 'it forgets' }
  const said: string[] = []
  const report = { ...silent, say: (line: string) => said.push(line) }
  const { run } = await trained(same, { plan: { fails, iterations: 1 }, report })
  expect(said[0]).toMatch(
    /^the policy is right [\d.]+ % of the time on \d+ problems, less than 99 %: it forgets$/,
  )
  expect(run.log().filter(({ event }) => event === 'weak start')).toHaveLength(1)
  said.length = 0
  await trained(same, { plan: { fails: { ...fails, below: 0 }, iterations: 1 }, report })
  expect(said).toEqual([])
})

test('answers that nobody can judge after an update: the iteration is kept, and ends the run', async () => {
  let validations = 0
  const grade: Grader['grade'] = async answers => {
    if (answers.length === 8 && ++validations > 1) throw new VerifierError('nobody is there')
    return answers.map((_, i) => i % 2)
  }
  const often = { evaluateEvery: 2, iterations: 4, checkpointEvery: 100 }
  const grader = { ...boxedGrader(), grade, takeFailures: () => ({ count: 0, messages: [] }) }
  const { result, run, policy } = await trained(same, { plan: { ...often, grader } })
  expect(result).toMatchObject({ name: 'VerifierError', message: 'nobody is there' })
  expect(run.metrics().map(line => line.iteration)).toEqual([1, 2])
  expect(run.checkpoints().at(-1)).toMatch(/iteration-00002$/)
  expect(policy.version).toBe(2)
})

describe('numbers that are not finite', () => {
  /** The method with what a judge says changed in one iteration. */
  const judgedIn = (bad: number, score: number) => (method: Method, iteration: () => number) => ({
    ...method,
    rewards: async (...args: Parameters<Method['rewards']>) => {
      const rewards_P = await method.rewards(...args)
      if (iteration() !== bad) return rewards_P
      return rewards_P.map(r => ({ ...r, steps_G_S: r.steps_G_S!.map(s => s!.map(() => score)) }))
    },
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'a judge that says %d: the iteration is dropped and logged, and training goes on',
    async score => {
      const { result, weights, run } = await trained(judgedIn(2, score))
      expect(result).toMatchObject({ iterations: 3 })
      expect(weights[1]).not.toEqual(weights[0])
      expect(weights[2]).toEqual(weights[1])
      expect(weights[3]).not.toEqual(weights[2])
      const metrics = run.metrics()
      expect(metrics.map(m => m['update/dropped'])).toEqual([0, 1, 0])
      expect(metrics[1]!['rewards/process_mean']).toBeNull()
      expect(run.log().filter(({ level }) => level === 'warn')).toMatchObject([
        {
          event: 'iteration dropped, the policy is unchanged',
          iteration: 2,
          why: 'an advantage is not finite',
        },
      ])
      const stored = await run.rollouts(2)
      expect(stored).toHaveLength(4 * 8)
      expect(stored[0]!.stepRewards_S![0]).toBe(score)
    },
  )

  test('a loss that is not a number', async () => {
    const { weights, run } = await trained((method, iteration) => ({
      ...method,
      loss: {
        ...method.loss,
        of: batch => {
          const slope = method.loss.of(batch)
          return iteration() === 1 ? { ...slope, loss: Number.NaN } : slope
        },
      },
    }))
    expect(weights[1]).toEqual(weights[0])
    expect(weights[2]).not.toEqual(weights[1])
    const dropped = run.log().filter(({ event }) => event.startsWith('iteration dropped'))
    expect(dropped).toMatchObject([{ iteration: 1, why: 'the loss is NaN' }])
  })

  test('no group with a signal', async () => {
    const { result, weights, run } = await trained(method => ({
      ...method,
      select: ({ groups_P }) => groups_P.map(() => []),
    }))
    expect(result).toMatchObject({ iterations: 3 })
    expect(weights[3]).toEqual(weights[0])
    expect(run.metrics().map(m => m['update/dropped'])).toEqual([1, 1, 1])
    expect((await run.rollouts(1)).every(r => r.advantages_T === null)).toBe(true)
  })
})

describe('the end', () => {
  const opened = async (folder: string): Promise<FakeEngine> => openFakeEngine(folder)

  test('of all iterations: a checkpoint of the policy, and both accuracies in the log', async () => {
    const { result, run, weights } = await trained(same, { plan: { evaluateEvery: 2 } })
    const accuracies = run.metrics().map(m => m['eval/validation_accuracy'])
    expect(accuracies.map(Number.isFinite)).toEqual([false, true, true])
    const best = (accuracies[1] as number) > (accuracies[2] as number) ? 2 : 3
    const checkpoint = run.checkpoints().find(path => path.endsWith(`iteration-0000${best}`))!
    const chosen = { iteration: best, accuracy: accuracies[best - 1] }
    expect(result).toMatchObject({ iterations: 3, checkpoint, chosen })
    expect((await opened(checkpoint)).table.values).toEqual(weights[best])
    expect((await opened(run.checkpoints().at(-1)!)).table.values).toEqual(weights[3])
    const told = run.log().filter(({ event }) => event !== 'checkpoint')
    expect(told.map(({ event }) => event)).toEqual([
      'test accuracy before',
      'validation accuracy before',
      'test accuracy after',
    ])
    expect(told[2]).toMatchObject({ graded: 4, iterations: 3, checkpoint, chosen })
  })

  test('by a signal: the iteration in hand is finished, and its policy kept', async () => {
    const controller = new AbortController()
    const iteration = (done: number): void => {
      if (done === 2) controller.abort()
    }
    const { result, run, weights } = await trained(same, {
      plan: { iterations: 100 },
      signal: controller.signal,
      report: { ...silent, iteration },
    })
    expect(result).toMatchObject({ iterations: 2, after: null, chosen: null })
    expect(run.metrics()).toHaveLength(2)
    expect(run.log()).toContainEqual(
      expect.objectContaining({ event: 'stopped by the user', after: 2 }),
    )
    expect((await opened(run.checkpoints()[0]!)).table.values).toEqual(weights[2])
  })

  test('before anything was measured: nothing is told, and nothing lost', async () => {
    const { result, run } = await trained(same, { signal: AbortSignal.abort() })
    expect(result).toMatchObject({ name: 'AbortError' })
    expect([run.metrics(), run.checkpoints()]).toEqual([[], []])
  })

  test('by an error: it is told and logged, and what was learned is kept', async () => {
    const { result, run, weights } = await trained((method, iteration) => ({
      ...method,
      rewards: async (...args) => {
        if (iteration() === 3) throw new Error('the judge is gone')
        return method.rewards(...args)
      },
    }))
    expect(result).toEqual(new Error('the judge is gone'))
    expect(run.metrics()).toHaveLength(2)
    expect(run.log()).toContainEqual(
      expect.objectContaining({
        level: 'error',
        event: 'failed',
        after: 2,
        error: expect.objectContaining({ message: 'the judge is gone' }),
      }),
    )
    expect((await opened(run.checkpoints()[0]!)).table.values).toEqual(weights[2])
  })
})

test('the same seed gives the same run, another one does not', async () => {
  const of = async (seed: number) => {
    const { run, weights } = await trained(same, { plan: { seed } })
    const timeless = run
      .metrics()
      .map(line => Object.entries(line).filter(([key]) => !key.startsWith('time/')))
    return { timeless, weights: weights[3] }
  }
  const first = await of(1)
  expect(await of(1)).toEqual(first)
  expect((await of(2)).weights).not.toEqual(first.weights)
})
