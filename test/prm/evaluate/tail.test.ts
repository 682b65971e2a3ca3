import { expect, test } from 'vitest'
import { random, shuffled } from '../../../src/numbers/random.ts'
import { tailReward } from '../../../src/prm/evaluate/tail.ts'

const n = 4000
const truths = Array.from({ length: n }, (_, i) => (i + 0.5) / n)
const draw = random(3)

test('beta 0.02: exact order .980, the lower 90 % shuffled .977, the upper 10 % reversed .919 (arXiv:2509.21500, theorem 1)', () => {
  expect(tailReward(truths, truths, 0.02)).toBeCloseTo(0.98, 3)
  const low = shuffled(draw, truths.slice(0, 0.9 * n))
  expect(tailReward([...low, ...truths.slice(0.9 * n)], truths, 0.02)).toBeCloseTo(0.977, 2)
  const high = truths.slice(0.9 * n).reverse()
  expect(tailReward([...truths.slice(0, 0.9 * n), ...high], truths, 0.02)).toBeCloseTo(0.919, 3)
})

test('only the order of scores counts; without any it is the mean; the smaller beta, the more the best counts', () => {
  for (let round = 0; round < 50; round++) {
    const [scores, right] = [0, 1].map(() => Array.from({ length: 6 }, () => draw()))
    const bent = scores!.map(x => 3 * x ** 3 - 7)
    const beta = 0.01 + draw()
    expect(tailReward(bent, right!, beta)).toBeCloseTo(tailReward(scores!, right!, beta), 12)
    const even = right!.map(() => 1)
    const mean = right!.reduce((a, b) => a + b) / 6
    expect(tailReward(even, right!, beta)).toBeCloseTo(mean, 12)
    expect(tailReward(scores!, right!, 1e4)).toBeCloseTo(mean, 3)
    const best = right![scores!.indexOf(Math.max(...scores!))]!
    expect(tailReward(scores!, right!, 0.001)).toBeCloseTo(best, 9)
  }
  expect(() => tailReward([1], [], 1)).toThrow('1 scores, 0 truths')
})
