import { expect, test } from 'vitest'
import { below, random } from '../../src/numbers/random.ts'
import { type Chance, regretOf } from '../../src/numbers/regret.ts'

const points = (...pairs: (readonly [number, number])[]): Chance[] =>
  pairs.map(([tokens, chance]) => ({ tokens, chance }))

test('chances 0, 0.4, 0.4, 0.8 after 0 to 3,000 tokens leave half of 4,000 (arXiv:2503.07572, section 4)', () => {
  const chances = points([0, 0], [1000, 0.4], [2000, 0.4], [3000, 0.8])
  expect(regretOf(chances, 4000)).toBeCloseTo(0.5, 12)
  expect(regretOf(chances, 500)).toBeCloseTo(0.9, 12) // within the first episode
  expect(regretOf(points([0, 1]), 10)).toBe(0)
  expect(regretOf(points([0, 0], [5, 0]), 10)).toBe(1)
})

test('it lies in [0, 1], falls with every chance, and what repeats adds none', () => {
  const draw = random(7)
  for (let round = 0; round < 200; round++) {
    const chances = [{ tokens: 0, chance: draw() }]
    for (let left = below(draw, 8); left > 0; left--)
      chances.push({ tokens: chances.at(-1)!.tokens + below(draw, 50), chance: draw() })
    const budget = 1 + below(draw, 300)
    const regret = regretOf(chances, budget)
    expect(regret).toBeGreaterThanOrEqual(-1e-12)
    expect(regret).toBeLessThanOrEqual(1 + 1e-12)
    const better = chances.map(one => ({ ...one, chance: Math.min(1, one.chance + 0.1) }))
    expect(regretOf(better, budget)).toBeLessThanOrEqual(regret)
    const last = chances.at(-1)!
    const longer = [...chances, { ...last, tokens: last.tokens + 20 }]
    expect(regretOf(longer, budget)).toBeCloseTo(regret, 10)
  }
})

test('what is no way through a text is refused', () => {
  for (const bad of [[], points([1, 0]), points([0, 0], [5, 1], [4, 1]), points([Number.NaN, 0])])
    expect(() => regretOf(bad, 10)).toThrow(RangeError)
  expect(() => regretOf(points([0, 0]), 0)).toThrow('within 0')
})
