import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clipped } from '../../src/update/clipped.ts'
import { reinforce } from '../../src/update/reinforce.ts'
import { sum } from '../../src/update/sum.ts'
import { truncated } from '../../src/update/truncated.ts'
import { f32 } from '../example-groups.ts'
import { batch, input } from './example-batch.ts'

test('advantages are weighted by min(proximal / drawn, limit)', () => {
  const [drawn, proximal] = [
    [0.1, 0.2, 0.5],
    [0.2, 0.8, 0.25],
  ].map(p => p.map(Math.log))
  const one = {
    ...input([-1, -1, -1], [-9, -9, -9], [1, 1, -1]),
    drawn_T: f32(...drawn),
    proximal_T: f32(...proximal),
  }
  const { dlogprobs_G_T, metrics } = truncated(reinforce(), { limit: 3 }).of([one])
  for (const [t, weight] of [2, 3, -0.5].entries())
    expect(dlogprobs_G_T[0][t]).toBeCloseTo(-weight / 3, 6)
  expect(metrics['update/importance_mean']).toBeCloseTo((2 + 4 + 0.5) / 3, 6)
  expect(metrics['update/importance_cut']).toBeCloseTo(1 / 3, 12)
})

test('of the weights alone, it leaves what temperature and filters did', () => {
  const [drawn, sampled, proximal] = [
    [0.9, 0.9, 0.9],
    [0.1, 0.2, 0.5],
    [0.15, 0.8, 0.25],
  ].map(p => p.map(Math.log))
  const one = {
    ...input([-1, -1, -1], sampled, [1, 1, -1]),
    drawn_T: f32(...drawn),
    proximal_T: f32(...proximal),
  }
  const loss = truncated(reinforce(), { of: 'weights' })
  const { dlogprobs_G_T, metrics } = loss.of([one])
  for (const [t, weight] of [1.5, 2, -0.5].entries())
    expect(dlogprobs_G_T[0][t]).toBeCloseTo(-weight / 3, 6)
  expect(metrics['update/importance_cut']).toBeCloseTo(1 / 3, 12)
  expect(loss).toMatchObject({ needsProximal: true, readsDrawn: false, offPolicy: true })
})

test('where sampler and trainer agree it changes nothing', () => {
  const on = batch.map(one => ({ ...one, drawn_T: one.sampled_T, proximal_T: one.sampled_T }))
  const plain = clipped().of(on)
  const { loss, dlogprobs_G_T, metrics } = truncated(clipped()).of(on)
  expect([loss, dlogprobs_G_T]).toEqual([plain.loss, plain.dlogprobs_G_T])
  expect(metrics).toMatchObject(plain.metrics)
  expect(metrics['update/importance_mean']).toBe(1)
})

test('without a limit the slope is unbiased: its mean over the sampler is that over the policy', () => {
  const number = fc.float({ min: Math.fround(0.05), max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number, number), { minLength: 2 }), tokens => {
      const normal = (xs: readonly number[]) => {
        const total = xs.reduce((a, b) => a + b, 0)
        return xs.map(x => x / total)
      }
      const [policy, sampler] = [0, 1].map(i => normal(tokens.map(x => x[i])))
      let [found, expected] = [0, 0]
      for (const [v, [, , advantage]] of tokens.entries()) {
        const one = {
          ...input([Math.log(policy[v])], [-1], [advantage]),
          drawn_T: f32(Math.log(sampler[v])),
          proximal_T: f32(Math.log(policy[v])),
        }
        const slope = truncated(reinforce(), { limit: Infinity }).of([one])
        found += sampler[v] * slope.dlogprobs_G_T[0][0]
        expected -= policy[v] * advantage
      }
      expect(found).toBeCloseTo(expected, 4)
    }),
  )
})

test("it asks for the trainer's own reading", () => {
  expect(truncated(clipped()).needsProximal).toBe(true)
  expect(sum(clipped(), truncated(clipped())).needsProximal).toBe(true)
  expect(sum(clipped()).needsProximal).toBe(false)
  const without = batch.map(one => ({ ...one, proximal_T: null }))
  expect(() => truncated(clipped()).of(without)).toThrow('truncated: rollout 0 has no proximal_T')
  expect(() => truncated(clipped(), { limit: 0 })).toThrow('the limit must be above 0, got 0')
})
