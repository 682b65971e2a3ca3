import fc from 'fast-check'
import { expect, test } from 'vitest'
import { kl } from '../../src/update/kl.ts'
import { reinforce } from '../../src/update/reinforce.ts'
import { sum } from '../../src/update/sum.ts'
import { f32 } from '../example-groups.ts'
import golden from '../golden/pure-credit.json' with { type: 'json' }
import { input } from './example-batch.ts'

const one = [{ ...input([-1], [-1], [0]), reference_T: f32(-1.2) }]

test('k1 and k3 of the worked example', () => {
  expect(kl({ coefficient: 1, estimator: 'k1' }).of(one).loss).toBeCloseTo(golden.kl_example.k1, 6)
  expect(kl({ coefficient: 1, estimator: 'k3' }).of(one).loss).toBeCloseTo(golden.kl_example.k3, 6)
  expect(kl({ coefficient: 2 }).of(one).metrics['update/kl']).toBeCloseTo(golden.kl_example.k3, 6)
})

test('k2 is half the square of the log-ratio, and its slope the log-ratio', () => {
  const { loss, dlogprobs_G_T } = kl({ coefficient: 1, estimator: 'k2' }).of(one)
  expect(loss).toBeCloseTo(0.02, 6)
  expect(dlogprobs_G_T[0][0]).toBeCloseTo(0.2, 6)
})

test('k3 is never below 0, and 0 only at the reference', () => {
  const logprob = fc.float({ min: -9, max: 0, noNaN: true })
  fc.assert(
    fc.property(logprob, logprob, (logprob, reference) => {
      const at = { ...input([logprob], [logprob], [0]), reference_T: f32(reference) }
      const { loss } = kl({ coefficient: 1 }).of([at])
      expect(loss).toBeGreaterThanOrEqual(-1e-15)
      if (Math.abs(logprob - reference) < 1e-9) expect(loss).toBeCloseTo(0, 15)
      if (Math.abs(logprob - reference) > 1e-3) expect(loss).toBeGreaterThan(0)
    }),
  )
})

test('a log-ratio beyond 10 is cut there, and flat', () => {
  const far = [{ ...input([-11.5, -1], [-1, -1], [0, 0]), reference_T: f32(-1, -11.5) }]
  const { loss, dlogprobs_G_T } = kl({ coefficient: 1 }).of(far)
  expect(loss).toBeCloseTo((Math.exp(10) - 11 + Math.exp(-10) + 9) / 2, 6)
  expect([...dlogprobs_G_T[0]]).toEqual([0, 0])
})

test('it asks for the reference only where it counts', () => {
  const without = [{ ...one[0], reference_T: null }]
  expect(kl({ coefficient: 0 }).needsReference).toBe(false)
  expect(kl({ coefficient: 0 }).of(without).loss).toBe(0)
  const { needsReference, of } = sum(reinforce(), kl({ coefficient: 1 }))
  expect(needsReference).toBe(true)
  expect(() => of(without)).toThrow('kl: rollout 0 has no reference_T')
})
