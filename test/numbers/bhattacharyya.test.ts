import { expect, test } from 'vitest'
import { overlapOf } from '../../src/numbers/bhattacharyya.ts'
import { random } from '../../src/numbers/random.ts'

const n = (mean: number, deviation: number) => ({ mean, deviation })

test('two apart: 0.6065; one twice as wide: 0.8944; itself: 1 (arXiv:2503.22480, eq. 9)', () => {
  expect(overlapOf(n(0, 1), n(2, 1))).toBeCloseTo(0.6065, 4)
  expect(overlapOf(n(0, 1), n(0, 2))).toBeCloseTo(0.8944, 4)
  expect(overlapOf(n(3, 0.2), n(3, 0.2))).toBe(1)
})

test('it is symmetric, between 0 and 1, and falls as the means part', () => {
  const draw = random(2)
  for (let k = 0; k < 100; k++) {
    const [one, other] = [n(draw(), 0.1 + draw()), n(draw(), 0.1 + draw())]
    const found = overlapOf(one, other)
    expect(found).toBe(overlapOf(other, one))
    expect(found).toBeGreaterThan(0)
    expect(found).toBeLessThanOrEqual(1)
    const farther = { ...other, mean: one.mean + 1.5 * (other.mean - one.mean) + 0.01 }
    if (other.mean > one.mean) expect(overlapOf(one, farther)).toBeLessThan(found)
  }
})
