import { expect, test } from 'vitest'
import { implicitNca } from '../../../../src/prm/train/losses/implicit-nca.ts'
import { f32 } from '../../../example-groups.ts'
import { responseDerivatives } from './golden.ts'

const response = (ratio: number, outcome: number) => ({
  policy_T: f32(ratio / 2, ratio / 2),
  reference_T: f32(0, 0),
  outcome,
})
const softplus = (x: number): number => Math.log(1 + Math.exp(x))

test('worked out by hand: each against noise, one term (arXiv:2402.05369, eq. 12)', () => {
  const { loss, terms, slopes_G_T } = implicitNca({ beta: 2 }).of([
    response(0.5, 1),
    response(-1.5, 0),
  ])
  // rewards 1 and -3
  expect(loss).toBeCloseTo(softplus(-1) + (softplus(1) + softplus(-3)) / 2, 6)
  expect(terms).toBe(1)
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
  expect(slopes_G_T[0]![0]).toBeCloseTo(2 * (sigmoid(1) / 2 - sigmoid(-1)), 6)
  expect(slopes_G_T[1]![1]).toBeCloseTo(sigmoid(-3), 6)
})

test('the slopes are derivatives', () => {
  responseDerivatives(implicitNca({ beta: 0.3 }), [response(0.5, 1), response(-1.5, 0)])
})

test('a policy that is its reference: 2 log 2, and what is right is raised, what is wrong lowered', () => {
  const { loss, slopes_G_T } = implicitNca().of([response(0, 1), response(0, 0)])
  expect(loss).toBeCloseTo(2 * Math.log(2), 6)
  expect(slopes_G_T[0]![0]!).toBeLessThan(0)
  expect(slopes_G_T[1]![0]!).toBeGreaterThan(0)
  // both lowered alike keeps a difference: here it costs
  const lower = implicitNca({ beta: 1 }).of([response(-3, 1), response(-3, 0)]).loss
  expect(lower).toBeGreaterThan(2 * Math.log(2))
})

test('refusals', () => {
  expect(() => implicitNca().of([response(0, 0), response(0, 1)])).toThrow('expected 1, 0')
  expect(() => implicitNca({ beta: 0 })).toThrow(RangeError)
})
