import { expect, test } from 'vitest'
import { type DiversityMeasure, diverseRight } from '../../src/credit/diverse-right.ts'
import { random, shuffled } from '../../src/numbers/random.ts'
import { once, resolve } from '../../src/recipe.ts'
import diver from '../../src/recipes/diver.ts'
import { bleu, ownEquations, wordDistances } from '../../src/rewards/diversity.ts'
import { exampleGroup } from '../example-groups.ts'
import { toyNeeds, toyPolicy } from '../toy.ts'

const of = (text: string): string[] => text.split(' ')

test('equations {a, b}, {a} and {c}: shares of their own 1/2, 0 and 1 (arXiv:2509.26209)', () => {
  expect(ownEquations(['\\(a\\) so $b$', '\\[a\\]', '$c$ and again $c$'])).toEqual([0.5, 0, 1])
  expect(ownEquations(['1 + 1 = 2\nthen 2 + 1 = 3', 'so\n1 + 1 = 2', 'nothing'])).toEqual([
    0.5, 0, 0,
  ])
})

test('BLEU: 1 of the same words, brief ones pay, 0 without five words in a row', () => {
  const words = of('one two three four five six seven eight')
  expect(bleu(words, words)).toBeCloseTo(1, 12)
  expect(bleu(words, words.slice(0, 6))).toBeCloseTo(0.9 ** 0 * Math.exp(1 - 8 / 6), 12)
  expect(bleu(words, words.with(3, 'x').with(7, 'y'))).toBe(0)
  // 9 words of which the last is new: 8/9, 7/8, 6/7, 5/6, 4/5
  const parts = [8 / 9, 7 / 8, 6 / 7, 5 / 6, 4 / 5]
  const weights = [0.02, 0.1, 0.15, 0.25, 0.38]
  const product = parts.reduce((all, p, n) => all * p ** weights[n]!, 1)
  expect(bleu(words, [...words, 'nine'])).toBeCloseTo(product, 12)
})

test('a copy takes both their own equations; another order, the same values', () => {
  const draw = random(7)
  for (let round = 0; round < 50; round++) {
    const texts = Array.from({ length: 5 }, () =>
      Array.from(
        { length: 6 },
        () => `$${Math.floor(9 * draw())}$ w${Math.floor(3 * draw())}`,
      ).join(' '),
    )
    const order = shuffled(draw, [0, 1, 2, 3, 4])
    for (const measure of [ownEquations, wordDistances]) {
      const [plain, moved] = [measure(texts), measure(order.map(i => texts[i]!))]
      order.forEach((from, to) => {
        expect(moved[to]).toBeCloseTo(plain[from]!, 12)
      })
      expect(plain.every(x => x >= 0 && x <= 1)).toBe(true)
    }
    const copied = ownEquations([...texts, texts[0]!])
    expect([copied[0], copied[5]]).toEqual([0, 0])
  }
})

test('only right rollouts have a bonus, each measure as its cap and group allow', () => {
  const rewards = {
    outcome_G: [1, 1, 0, null],
    parts_G: { equations: [1, 0.5, 1, 1], texts: [0.2, 0.95, 1, 1] },
  }
  const group = exampleGroup([1], [1], [1], [1])
  const found = (measure: DiversityMeasure, outcome_G = rewards.outcome_G) => {
    const credits = diverseRight({ measure, textWeight: 2 })(group, { ...rewards, outcome_G })
    return credits.map(r_T => (r_T === null ? null : Number(r_T[0]!.toFixed(5))))
  }
  expect(found('equations')).toEqual([1.45333, 1.33333, 0, null]) // accuracy 2/3
  expect(found('both')).toEqual([1.82, 3.24, 0, null])
  expect(found('texts')).toEqual([1, 1, 0, null])
  expect(found('texts', [1, 1, null, 1])).toEqual([1.4, 2.9, null, 3])
})

test('after its last iteration the bonus is gone', async () => {
  const build = (iteration: number) =>
    diver.build(resolve(diver, { until: '2' }), toyNeeds(toyPolicy()), { ...once, iteration })
  const group = exampleGroup([1], [1])
  const rewards = { outcome_G: [1, 1], parts_G: { equations: [1, 0], texts: [1, 0] } }
  const at = (iteration: number) => build(iteration).credit(group, rewards).outcome![0]![0]
  expect([at(2), at(3)]).toEqual([Math.fround(1.68), 1])
})
