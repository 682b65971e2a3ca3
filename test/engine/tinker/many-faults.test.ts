import { expect, test } from 'vitest'
import type { DialectName } from '../../../src/engine/tinker/open.ts'
import { iterate } from '../../../src/iterate.ts'
import { once, resolve } from '../../../src/recipe.ts'
import { recipes } from '../../../src/recipes/index.ts'
import { problems, tokenizer, toyNeeds } from '../../toy.ts'
import { everyFault, type Faults, faultsAtRandom, noFaults } from './server/faults.ts'
import type { ServerSettings } from './server/server.ts'
import { openOn, serve } from './subject.ts'

const batch = Array.from({ length: 6 }, (_, i) => problems[i % problems.length]!)

/** Iterations by outcome rewards on a server; its weights in the end, and every metric on the way. */
async function trained(
  iterations: number,
  settings: ServerSettings,
  faults: Faults,
  dialect: DialectName = 'tinker-json',
) {
  const shape = { vocabSize: tokenizer.vocabSize, maxPositions: 32, seed: 3 }
  const server = await serve({ ...shape, ...settings })
  const training = { keepEvery: 4, mostRecoveries: 100 } // more fail in a row than at any server that is used
  const policy = await openOn(server, settings, { training, dialect })
  server.faults = faults
  const recipe = recipes.find(({ name }) => name === 'rloo')!
  const overrides = { groupSize: '4', klCoef: '0' }
  const known = Object.entries(overrides).filter(([option]) => option in recipe.options)
  const method = recipe.build(resolve(recipe, Object.fromEntries(known)), toyNeeds(policy), once)
  const learner = { policy, reference: null, learningRate: 0.05 }
  const metrics: unknown[] = []
  for (let i = 0; i < iterations; i++)
    metrics.push((await iterate(method, batch, learner, i)).metrics)
  server.faults = noFaults
  const scores = await policy.score([Int32Array.of(5, 9), Int32Array.of(6, 10, 1)])
  const done = { version: policy.version, values: server.values, metrics, scores }
  await policy.close()
  return { done, steps: server.steps, left: server.saved }
}

test('a thousand faults in fifty iterations change nothing that is learned', async () => {
  const plain = await trained(50, {}, noFaults)
  expect(plain.done.version).toBe(50)
  expect(plain.left).toEqual([])
  const chance = faultsAtRandom(7, 0.4, 1000)
  const found = await trained(50, {}, chance.faults)
  expect(chance.total()).toBe(1000)
  expect(found.done).toEqual(plain.done)
  expect(found.steps).toBeGreaterThan(50) // some were taken again, of models that were lost
}, 240_000)

test('nor do faults where what is sent twice is done twice, in protobuf', async () => {
  const settings = { reduction: 'sum', snapshots: true, idempotent: false, json: false } as const
  const plain = await trained(10, settings, noFaults, 'tinker-proto')
  // what arrives twice there is done twice, and no client would know
  const kinds = everyFault.filter(fault => fault !== 'doubled')
  const chance = faultsAtRandom(8, 0.2, 1000, kinds)
  const found = await trained(10, settings, chance.faults, 'tinker-proto')
  expect(chance.total()).toBeGreaterThan(40)
  expect(found.done).toEqual(plain.done)
}, 240_000)
