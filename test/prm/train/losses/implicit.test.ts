import { expect, test } from 'vitest'
import { implicitCrossEntropy } from '../../../../src/prm/train/losses/implicit-cross-entropy.ts'
import { implicitDpo } from '../../../../src/prm/train/losses/implicit-dpo.ts'
import type { Response } from '../../../../src/prm/train/losses/loss.ts'
import { f32 } from '../../../example-groups.ts'
import { golden, responseDerivatives } from './golden.ts'

function response(
  policy: readonly number[],
  reference: readonly number[],
  outcome: number,
): Response {
  return { policy_T: f32(...policy), reference_T: f32(...reference), outcome }
}

const right = response([-1, -0.5, -2], [-2, -1, -1], 1) // log-ratio 0.5
const wrong = response([-3, -0.25], [-1, -0.75], 0) // log-ratio -1.5

test('worked out by hand: the cross-entropy of sigmoid(beta * log-ratio)', () => {
  const { loss, terms, slopes_G_T } = implicitCrossEntropy({ beta: 2 }).of([right, wrong])
  // rewards 1 and -3
  expect(loss).toBeCloseTo(Math.log(1 + Math.exp(-1)) + Math.log(1 + Math.exp(-3)), 6)
  expect(terms).toBe(2)
  const [first, second] = [2 / (1 + Math.exp(-1)) - 2, 2 / (1 + Math.exp(3))]
  for (const slope of slopes_G_T[0]!) expect(slope).toBeCloseTo(first, 6) // the same at every token
  for (const slope of slopes_G_T[1]!) expect(slope).toBeCloseTo(second, 6)
  expect(slopes_G_T.map(slopes => slopes.length)).toEqual([3, 2])
})

test('worked out by hand: the pair loss, one term', () => {
  const { loss, terms, slopes_G_T } = implicitDpo({ beta: 2 }).of([right, wrong])
  expect(loss).toBeCloseTo(Math.log(1 + Math.exp(-4)), 6) // rewards 1 and -3
  expect(terms).toBe(1)
  const slope = 2 / (1 + Math.exp(4))
  for (const found of slopes_G_T[0]!) expect(found).toBeCloseTo(-slope, 6)
  for (const found of slopes_G_T[1]!) expect(found).toBeCloseTo(slope, 6)
})

test('PyTorch computes the same', () => {
  const ce = golden('implicit_ce_right_beta_0.05')
  const found = implicitCrossEntropy().of([response(ce.inputs[0]!, ce.inputs[1]!, 1)])
  expect(found.loss).toBeCloseTo(ce.loss, 5)
  expect(found.slopes_G_T[0]![0]).toBeCloseTo(ce.slopes[0]![0]!, 6)
  const dpo = golden('implicit_dpo_beta_0.1')
  const responses = dpo.inputs.map((ratios, i) =>
    response(
      ratios,
      ratios.map(() => 0),
      1 - i,
    ),
  )
  const pair = implicitDpo({ beta: 0.1 }).of(responses)
  expect(pair.loss).toBeCloseTo(dpo.loss, 5)
  expect(pair.slopes_G_T.map(slopes => slopes[0]!.toFixed(6))).toEqual(
    dpo.slopes.map(slopes => slopes[0]!.toFixed(6)),
  )
})

test('a policy that is its reference is indifferent', () => {
  const same = [response([-1, -2], [-1, -2], 1), response([-3], [-3], 0)]
  expect(implicitCrossEntropy().of(same).loss).toBeCloseTo(2 * Math.log(2), 6)
  expect(implicitDpo().of(same).loss).toBeCloseTo(Math.log(2), 6)
})

test('the slopes are derivatives', () => {
  responseDerivatives(implicitCrossEntropy({ beta: 0.3 }), [right, wrong])
  responseDerivatives(implicitDpo({ beta: 0.3 }), [right, wrong])
})

test('no overflow far out; refusals', () => {
  const far = response([-1e6], [0], 1)
  expect(implicitCrossEntropy({ beta: 1 }).of([far]).loss).toBeCloseTo(1e6, 0)
  expect(() => implicitDpo().of([wrong, right])).toThrow('outcomes 0, 1; expected 1, 0')
  expect(() => implicitDpo().of([right])).toThrow(RangeError)
  expect(() => implicitCrossEntropy().of([response([1], [1, 2], 1)])).toThrow('1 policy_T, 2')
  for (const beta of [0, -1, Number.NaN]) {
    expect(() => implicitCrossEntropy({ beta })).toThrow(RangeError)
    expect(() => implicitDpo({ beta })).toThrow(RangeError)
  }
})
