import { expect, test } from 'vitest'
import type { LossInput } from '../../src/method.ts'
import { random } from '../../src/numbers/random.ts'
import { policyValue } from '../../src/update/policy-value.ts'
import { f32 } from '../example-groups.ts'
import { input, numericSlope } from '../update/example-batch.ts'

/** The value of an action for a policy that chooses uniformly: how many of the ways on from there are good. */
function uniform(letters: string, length: number, good: readonly string[], begun: string): number {
  if (begun.length === length) return Number(good.includes(begun))
  const next = [...letters].map(letter => uniform(letters, length, good, begun + letter))
  return next.reduce((a, b) => a + b, 0) / letters.length
}

/** How likely a policy softmax(Q / scale) writes something good. */
function success(scale: number, letters: string, length: number, good: readonly string[]) {
  const chance = (begun: string): number => {
    if (begun.length === length) return Number(good.includes(begun))
    const weights = [...letters].map(x =>
      Math.exp(uniform(letters, length, good, begun + x) / scale),
    )
    const total = weights.reduce((a, b) => a + b, 0)
    return [...letters].reduce((sum, x, i) => sum + (weights[i]! / total) * chance(begun + x), 0)
  }
  return chance('')
}

test('greedy on the value of the uniform policy is best (arXiv:2509.24981, theorem 1)', () => {
  const good = ['ACD', 'BDC', 'CAB', 'DBA']
  for (const x of 'ABCD') expect(uniform('ABCD', 3, good, x)).toBe(1 / 16)
  expect([...'ABCD'].map(x => uniform('ABCD', 3, good, `A${x}`))).toEqual([0, 0, 0.25, 0])
  expect(success(1, 'ABCD', 3, good)).toBeCloseTo(0.142, 3)
  expect(success(0.1, 'ABCD', 3, good)).toBeCloseTo(0.802, 3)
  expect(success(0.01, 'ABCD', 3, good)).toBeCloseTo(1, 6)
  const three = ['AA', 'AB', 'BA']
  expect(['A', 'B'].map(x => uniform('AB', 2, three, x))).toEqual([1, 0.5])
})

const withMeans = (draw: () => number, rewards: readonly number[]): LossInput => {
  const some = (): number[] => rewards.map(() => -1 - 2 * draw())
  const trained = rewards.map((_, t) => Number(t !== 1))
  return {
    ...input(some(), some(), rewards, trained),
    means_T: f32(...some()),
    proximalMeans_T: f32(...some()),
  }
}

test('a log-ratio is regressed to the reward and the mean of the next; the last has none after it', () => {
  const one: LossInput = {
    ...input([-1, -1], [0, 0], [0.5, 0.5]),
    proximal_T: f32(-1.25, -1.5),
    means_T: f32(0, -2),
    proximalMeans_T: f32(0, -2.5),
  }
  const { loss, dlogprobs_G_T } = policyValue({ scale: 2 }).of([one])
  const errors = [0.5 - (0.5 + 2 * 0.5), 1 - 0.5] // Q less its target
  expect(loss).toBeCloseTo((errors[0]! ** 2 + errors[1]! ** 2) / 2, 6)
  expect([...dlogprobs_G_T[0]!]).toEqual(errors.map(error => 2 * error)) // 2 * error * scale / 2 tokens
})

test('slopes are those of central differences, the targets held', () => {
  const draw = random(6)
  for (let round = 0; round < 20; round++) {
    const batch = [withMeans(draw, [0.5, -0.5, 1]), withMeans(draw, [-1, 0]), withMeans(draw, [])]
    const loss = policyValue({ scale: 0.5 + draw() })
    const { dlogprobs_G_T } = loss.of(batch)
    for (const [g, numeric_T] of numericSlope(loss, batch).entries())
      for (const [t, x] of numeric_T.entries()) expect(dlogprobs_G_T[g]![t]).toBeCloseTo(x, 2)
  }
})

test('at the start of an iteration, where nothing has moved, it is the slope of the reward', () => {
  const logprobs = [-1, -2, -0.5]
  const one: LossInput = {
    ...input(logprobs, logprobs, [0.3, 0.3, 0.3]),
    proximal_T: f32(...logprobs),
    means_T: f32(-3, -3, -3),
    proximalMeans_T: f32(-3, -3, -3),
  }
  for (const d of policyValue().of([one]).dlogprobs_G_T[0]!) expect(d).toBeCloseTo(-0.2, 6)
})

test('without the means there is no loss', () => {
  expect(() => policyValue().of([input([-1], [-1], [1])])).toThrow('no proximal_T, means_T')
})
