import { expect, test } from 'vitest'
import { reinforce } from '../../src/update/reinforce.ts'
import { input } from './example-batch.ts'

test('-A * logprob, whatever policy sampled the token', () => {
  const { loss, dlogprobs_G_T, metrics } = reinforce().of([input([-1, -2], [-5, -7], [1, -0.5])])
  expect(loss).toBeCloseTo((1 - 1) / 2, 12)
  expect([...dlogprobs_G_T[0]]).toEqual([-0.5, 0.25])
  expect(metrics['update/logprob_mean']).toBe(-1.5)
})
