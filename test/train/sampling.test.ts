import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ConfigError, EngineError } from '../../src/errors.ts'
import type { Method } from '../../src/method.ts'
import { once, resolve } from '../../src/recipe.ts'
import { recipes } from '../../src/recipes/index.ts'
import { readRun } from '../../src/runs/reader.ts'
import { encodeRollouts } from '../../src/runs/rollout-table.ts'
import { createRun, resumeRun } from '../../src/runs/writer.ts'
import { train } from '../../src/train/loop.ts'
import { requireOffPolicy } from '../../src/train/off-policy.ts'
import type { TrainingPlan } from '../../src/train/training.ts'
import { row } from '../runs/rows.ts'
import { toyNeeds, toyPolicy } from '../toy.ts'
import { always, silent, toyPlan } from './toy-plan.ts'

const root = mkdtempSync(join(tmpdir(), 'minform-ahead-'))
afterAll(() => rmSync(root, { recursive: true }))

let runs = 0
const newFolder = (): string => join(root, `run-${++runs}`)

/** A run of four iterations, sampled ahead, that a method changes and a policy may belong to. */
async function ran(
  folder: string,
  method: (method: Method) => Method = one => one,
  plan: Partial<TrainingPlan> = {},
) {
  const policy = toyPolicy(3)
  const run = existsSync(folder) ? resumeRun(folder) : createRun(folder, {})
  const toy = toyPlan(policy, folder)
  const whole = {
    ...toy,
    methodAt: always(method(toy.methodAt(once))),
    ahead: 1,
    iterations: 4,
    ...plan,
  }
  const result = await train(whole, run, silent)
    .catch((error: Error) => error)
    .finally(() => run.close())
  return { result, policy, metrics: readRun(folder).metrics() }
}

const failing = new EngineError('the server is gone')

/** The method, but that one call of a stage fails. */
const failingOnce = (stage: 'rollouts' | 'rewards', call: number) => {
  let calls = 0
  return (method: Method): Method => ({
    ...method,
    [stage]: async (...args: never[]) => {
      if (++calls === call) throw failing
      return (method[stage] as (...args: never[]) => Promise<unknown>)(...args)
    },
  })
}

test('the next iteration is begun before this one is judged, by weights one update older', async () => {
  const told: string[] = []
  const folder = newFolder()
  const { metrics } = await ran(folder, method => ({
    ...method,
    rollouts: async (...args) => {
      told.push(`sample ${args[0].map(({ id }) => id)}`)
      return method.rollouts(...args)
    },
    rewards: async (...args) => {
      told.push('judge')
      return method.rewards(...args)
    },
  }))
  const batch = 'sample q0,q1,q2,q3'
  expect(told).toEqual([batch, batch, 'judge', batch, 'judge', batch, 'judge', 'judge'])
  expect(metrics.map(line => line['rollouts/staleness'])).toEqual([0, 1, 1, 1])
  const versions = await Promise.all(
    [1, 2, 3, 4].map(async i => (await readRun(folder).rollouts(i)).map(r => r.weightVersion)),
  )
  expect(versions.map(all => [...new Set(all)])).toEqual([[0], [0], [1], [2]])
})

test('without it rollouts are of the policy that learns, and nothing is sampled early or stored', async () => {
  const folder = newFolder()
  const { metrics } = await ran(folder, undefined, { ahead: 0 })
  expect(metrics.map(line => line['rollouts/staleness'])).toEqual([0, 0, 0, 0])
  expect(metrics.every(line => line['time/ahead_s'] === 0)).toBe(true)
  const [last] = readRun(folder).checkpoints().slice(-1)
  expect(readdirSync(last!)).not.toContain('ahead.parquet')
})

test('an iteration of several updates: rollouts are as old as these are many', async () => {
  const { metrics } = await ran(newFolder(), method => ({
    ...method,
    passes: { epochs: 2, minibatches: 2 },
  }))
  expect(metrics.map(line => line['rollouts/staleness'])).toEqual([0, 4, 4, 4])
})

test('an engine that samples weights which it has replaced ends the run', async () => {
  const { result } = await ran(newFolder(), method => {
    let first: Awaited<ReturnType<Method['rollouts']>> | null = null
    return { ...method, rollouts: async (...args) => (first ??= await method.rollouts(...args)) }
  })
  expect(result).toBeInstanceOf(EngineError)
  expect(result).toMatchObject({
    message: expect.stringMatching(
      /iteration 3 were sampled by weights 2 updates old; expected at most 1 with --ahead 1/,
    ),
  })
})

test('sampling that fails ends the run where it is needed; continued, it ends as one that did not fail', async () => {
  const [whole, broken] = [newFolder(), newFolder()]
  await ran(whole)
  const { result } = await ran(broken, failingOnce('rollouts', 3))
  expect(result).toBe(failing)
  await ran(broken)
  expect(tracesOf(broken)).toEqual(tracesOf(whole))
})

test('a judge that fails: what was sampled for its iteration is kept with what is learned', async () => {
  const [whole, broken] = [newFolder(), newFolder()]
  await ran(whole)
  const { result } = await ran(broken, failingOnce('rewards', 3), { checkpointEvery: 100 })
  expect(result).toBe(failing)
  expect(readRun(broken).checkpoints().at(-1)).toMatch(/iteration-00002$/)
  await ran(broken)
  expect(tracesOf(broken)).toEqual(tracesOf(whole))
})

function tracesOf(folder: string) {
  const run = readRun(folder)
  const metrics = run
    .metrics()
    .map(line => Object.entries(line).filter(([key]) => !key.startsWith('time/')))
  const last = run.checkpoints().at(-1)!
  return { metrics, weights: readFileSync(join(last, 'model.safetensors'), 'hex') }
}

describe('rollouts of the next iteration in a checkpoint', () => {
  test.each([
    ['a file that is damaged', () => Buffer.from('PAR1'), /ahead\.parquet: .*; remove that/],
    [
      'those of another problem',
      () => Buffer.from(encodeRollouts(3, [row()])),
      /ahead\.parquet: rollouts of the problem sum-1, expected q0; remove/,
    ],
  ])('%s: refused', async (_, content, message) => {
    const folder = newFolder()
    await ran(folder, failingOnce('rewards', 2))
    const file = join(readRun(folder).checkpoints().at(-1)!, 'ahead.parquet')
    expect(existsSync(file)).toBe(true)
    writeFileSync(file, content())
    const { result } = await ran(folder)
    expect(result).toMatchObject({ name: 'RunError', message: expect.stringMatching(message) })
  })
})

describe('a recipe', () => {
  const asked = (name: string, ahead: number) => {
    const recipe = recipes.find(one => one.name === name)!
    return () => requireOffPolicy({ recipe, ahead, maxTokens: 16 }, resolve(recipe))
  }

  test('whose loss takes every rollout for its own is refused by name, with those that may', () => {
    expect(asked('rloo', 1)).toThrow(ConfigError)
    expect(asked('rloo', 1)).toThrow(
      /^rloo cannot learn with --ahead 1: .* take worst-step-vr, .*pure-vr, .* and \d+ more/,
    )
    expect(asked('rloo', 0)).not.toThrow()
  })

  test.each(recipes)('$name corrects for rollouts of earlier weights, or is refused', recipe => {
    const { remember, problems, loss } = recipe.build(resolve(recipe), toyNeeds(toyPolicy()), once)
    const ahead = expect(asked(recipe.name, 1))
    if (remember ?? problems) ahead.toThrow('what it samples depends on the iteration before')
    else if (loss.offPolicy) ahead.not.toThrow()
    else ahead.toThrow('its loss does not correct for rollouts of earlier weights')
  })
})
