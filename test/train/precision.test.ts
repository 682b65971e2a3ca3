import { expect, test } from 'vitest'
import { allAbilities } from '../../src/engine/abilities.ts'
import { ConfigError } from '../../src/errors.ts'
import { iterate } from '../../src/iterate.ts'
import type { Loss, Method } from '../../src/method.ts'
import { once, resolve } from '../../src/recipe.ts'
import { recipes } from '../../src/recipes/index.ts'
import { outcome } from '../../src/rewards/outcome.ts'
import { samplerIn } from '../../src/rollouts/sampler-in.ts'
import { needsOf } from '../../src/train/needs.ts'
import { correctedMethod, requirePrecision } from '../../src/train/precision.ts'
import { truncated } from '../../src/update/truncated.ts'
import { problems, spied, toyNeeds, toyPolicy, toySampler } from '../toy.ts'

const options = { klCoef: '0', groupSize: '6' }

/** A method whose rollouts are drawn in 8 bits. */
function build(
  name: string,
  policy = toyPolicy(3),
  overrides: Record<string, string> = {},
): Method {
  const recipe = recipes.find(one => one.name === name)!
  const sampler = samplerIn(toySampler(policy), 'int8')
  const { sample } = needsOf({ name: 'toy' }, {}, { sampler })
  const needs = { ...toyNeeds(policy), sampler, sample, grade: outcome() }
  return recipe.build(resolve(recipe, { ...options, ...overrides }), needs, once)
}

/** What the policy learns in one iteration, and what it was asked for on the way. */
async function learned(change: (method: Method) => Method, name = 'pure-vr', overrides = {}) {
  const policy = toyPolicy(3)
  const { engine, calls } = spied(policy)
  const method = change(build(name, policy, overrides))
  const learner = {
    policy: engine,
    reference: null,
    learningRate: 0.05,
    precision: 'int8',
  } as const
  const { metrics, groups_P } = await iterate(method, problems, learner, 5)
  const verbs = calls.map(({ verb }) => verb)
  return { metrics, groups_P, verbs, values: policy.table.values }
}

test('learned from once, what was drawn is corrected while it is learned: no reading more', async () => {
  const own = await learned(method => correctedMethod(method, 'int8'))
  expect(own.verbs).not.toContain('score')
  expect(own.metrics['update/importance_mean']).not.toBe(1)
  expect(own.metrics['update/importance_mean']).toBeCloseTo(1, 2)
  expect(own.metrics['update/importance_cut']).toBe(0)
})

test('it learns what the loss does that reads the policy first', async () => {
  const once = await learned(method => correctedMethod(method, 'int8'))
  const read = await learned(method => {
    return { ...method, loss: truncated(method.loss, { of: 'weights' }) }
  })
  expect(read.verbs).toContain('score')
  const start = toyPolicy(3).table.values
  let [far, apart] = [0, 0]
  once.values.forEach((value, i) => {
    far = Math.max(far, Math.abs(value - start[i]!))
    apart = Math.max(apart, Math.abs(value - read.values[i]!))
  })
  expect(far).toBeGreaterThan(1e-2)
  expect(apart).toBeLessThan(1e-4 * far)
  for (const name of ['importance_cut', 'loss', 'grad_norm'])
    expect(once.metrics[`update/${name}`]).toBeCloseTo(read.metrics[`update/${name}`]!, 4)
})

test('what the policy itself drew is learned from as ever, to the last bit', async () => {
  const plain = async (precision: 'float32' | 'int8') => {
    const policy = toyPolicy(3)
    const recipe = recipes.find(one => one.name === 'pure-vr')!
    const method = recipe.build(resolve(recipe, options), toyNeeds(policy), once)
    await iterate(method, problems, { policy, reference: null, learningRate: 0.05, precision }, 5)
    return policy.table.values
  }
  expect(await plain('int8')).toEqual(await plain('float32'))
})

test('learned from more than once, or by another kind of loss, it is read first', async () => {
  const again = { passes: { epochs: 2, minibatches: 1 } }
  const { verbs, metrics } = await learned(one => correctedMethod({ ...one, ...again }, 'int8'))
  expect(verbs.filter(verb => verb === 'score')).toHaveLength(2) // before, and between the passes
  expect(metrics['update/importance_mean']).toBeCloseTo(1, 2)
  const { loss, ...rest } = build('pure-vr')
  const corrects = (change: Partial<Loss>): boolean => {
    const method = { ...rest, loss: { ...loss, ...change } }
    expect(correctedMethod(method, 'float32')).toBe(method)
    return correctedMethod(method, 'int8').loss.needsProximal === true
  }
  expect(corrects({})).toBe(false)
  for (const change of [{ needsMeans: true }, { wholeGroups: true }])
    expect(corrects(change)).toBe(true)
  const told = correctedMethod({ ...rest, loss }, 'int8').loss.weighing!.formula.formula
  expect(told).toBe('1 / tokens of the update, times min(p / p in 8 bits, 2)')
  const { weighing: _, ...other } = loss
  expect(correctedMethod({ ...rest, loss: other }, 'int8').loss.needsProximal).toBe(true)
  const already = { ...rest, loss: truncated(loss) }
  expect(correctedMethod(already, 'int8')).toBe(already)
})

test('every recipe learns from what was drawn in 8 bits by a loss that corrects for it', () => {
  for (const recipe of recipes) {
    if (recipe.beside !== undefined || recipe.needs.length > 1) continue
    const method = recipe.build(resolve(recipe), toyNeeds(toyPolicy()), once)
    const { loss } = correctedMethod(method, 'int8')
    const reads = loss.needsProximal === true
    expect(reads || loss.weighing !== undefined, recipe.name).toBe(true)
  }
})

test('rollouts alone are drawn in 8 bits', async () => {
  const policy = toyPolicy(3)
  const { engine, calls } = spied(policy)
  const sampler = toySampler(engine)
  expect(samplerIn(sampler, 'float32')).toBe(sampler)
  const own = samplerIn(sampler, 'int8')
  const request = { ids: Int32Array.of(5), n: 2, seed: 1 }
  const settings = { maxTokens: 6, stopIds: [] }
  const drawn = await own.engine.sample([request], settings)
  expect(calls.at(-1)).toMatchObject({ verb: 'sample' })
  expect(drawn).toEqual(await policy.sample([request], { ...settings, precision: 'int8' }))
  expect(drawn).not.toEqual(await policy.sample([request], settings))
  await policy.accumulate([{ ids: Int32Array.of(5, 6), weights: Float32Array.of(1) }])
  await policy.step({ learningRate: 0.1 })
  expect(own.engine.version).toBe(1)
  expect(await own.engine.weights()).toEqual(await policy.weights())
})

test('an engine that cannot is refused by name', () => {
  const bare = { abilities: { ...allAbilities, int8: false } }
  const asked = (engine: object, device: 'cpu' | 'webgpu', sampling: 'float32' | 'int8' = 'int8') =>
    requirePrecision({ engine, device, sampling } as Parameters<typeof requirePrecision>[0], bare)
  const tinker = { kind: 'tinker', url: 'http://127.0.0.1:8000', baseModel: 'a', prices: null }
  expect(() => asked(tinker, 'cpu')).toThrow(ConfigError)
  expect(() => asked(tinker, 'cpu')).toThrow(
    '--sampling int8 asks more than the engine tinker at http://127.0.0.1:8000 can do',
  )
  expect(() => asked({ kind: 'onnx' }, 'webgpu')).toThrow('than the engine onnx on webgpu can do')
  expect(() => asked({ kind: 'onnx' }, 'webgpu', 'float32')).not.toThrow()
  const able = { abilities: allAbilities }
  const request = { engine: { kind: 'onnx' }, device: 'cpu', sampling: 'int8' } as const
  expect(() => requirePrecision(request, able)).not.toThrow()
})
