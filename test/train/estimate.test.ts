import { expect, test } from 'vitest'
import {
  estimateOf,
  preparationParts,
  roughIterations,
  trainingParts,
} from '../../src/train/estimate.ts'
import { spied, toyPolicy } from '../toy.ts'
import { tinyPlan } from './prepare-subject.ts'
import { toyPlan } from './toy-plan.ts'

test('parts add up', () => {
  const parts = [
    { what: 'a', low: 1, high: 2 },
    { what: 'b', low: 10, high: 30 },
  ]
  expect(estimateOf(parts)).toEqual({ parts, low: 11, high: 32 })
})

test('a training is tried without learning anything: what comes is as it would have been', async () => {
  const policy = toyPolicy()
  const before = policy.table.values.slice()
  const { engine, calls } = spied(policy)
  const plan = toyPlan(policy, 'nowhere')
  const parts = await trainingParts({
    ...plan,
    evaluateEvery: 2,
    learner: { ...plan.learner, policy: engine },
  })
  expect(parts.map(({ what }) => what)).toEqual(['3 iterations', 'evaluations'])
  for (const { low, high } of parts) {
    expect(low).toBeGreaterThan(0)
    expect(high).toBeGreaterThan(low)
  }
  expect(calls.map(({ verb }) => verb)).toEqual(['accumulate', 'accumulate', 'clear'])
  expect(policy.table.values).toEqual(before)
  expect(policy.version).toBe(0)
  const { applied, gradNorm } = await policy.step({ learningRate: 0 })
  expect([applied, gradNorm]).toEqual([true, 0]) // no gradient is left
})

test('no iterations take no time', async () => {
  expect(await trainingParts({ ...toyPlan(toyPolicy(), ''), iterations: 0 })).toEqual([])
  expect(
    roughIterations({ iterations: 0, rollouts: 9 }, { update: 1, batch: 4, rollout: 1 }),
  ).toEqual([])
})

test('a preparation is as long as its updates; stages that may end early may be short', () => {
  const plan = { ...tinyPlan, patience: null, labelledProblems: 100 }
  const speed = { update: 2, batch: 4, rollout: 0.5 }
  const [warm, own, judge] = preparationParts(plan, speed, true)
  expect(warm).toEqual({ what: 'warm start', low: 0.7 * 2 * 10, high: 1.5 * 2 * 10 })
  expect(own).toEqual({ what: 'own rollouts', low: 20, high: 200 }) // two rounds of 2 x 100
  expect(judge!.high).toBeCloseTo(1.5 * 2 * 6 * 2 * 2) // twice as deep as the policy
  const [short, last, ...none] = preparationParts({ ...plan, patience: 3 }, speed, false)
  expect(short!.low).toBeCloseTo(warm!.low / 4)
  expect([last!.what, none]).toEqual(['reward model', []])
})
