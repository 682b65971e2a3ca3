import { expect, test } from 'vitest'
import { iterate } from '../../src/iterate.ts'
import { random } from '../../src/numbers/random.ts'
import { resolve } from '../../src/recipe.ts'
import adlp from '../../src/recipes/a-dlp.ts'
import { lengthPenalty, nextPrice } from '../../src/rewards/length-penalty.ts'
import { credit } from '../../src/stages.ts'
import { exampleGroup, exampleRollout } from '../example-groups.ts'
import { problems, toyNeeds, toyPolicy } from '../toy.ts'

const outcomes = (right: number, of: number) => ({
  groups_P: [],
  rewards_P: [{ outcome_G: [null, ...Array.from({ length: of }, (_, g) => Number(g < right))] }],
})

test('accuracy 0.70 against 0.62: the price of a token rises from 1e-3 to 1.08e-3 (arXiv:2505.18298)', () => {
  const { price, kept } = nextPrice({ price: 1e-3, kept: 0.62 }, 1e-3)(outcomes(70, 100))
  expect(price).toBeCloseTo(1.08e-3, 9)
  expect(kept).toBe(0.62)
})

test('a right answer of 500 tokens is worth 0.46 at 1.08e-3; what a tool wrote costs nothing', async () => {
  const long = exampleRollout([500])
  const tool = { start: 100, end: 500, role: 'tool' as const }
  const group = exampleGroup(long, long, {
    ...long,
    spans: [{ start: 0, end: 100, role: 'policy' }, tool],
  })
  const [{ parts_G }] = await lengthPenalty(1.08e-3)([group])
  const credits = credit.shapedOutcome(['length'])(group, { outcome_G: [1, 0, 1], parts_G })
  expect(credits.map(r_T => Number(r_T![0]!.toFixed(6)))).toEqual([0.46, -0.54, 0.892])
})

test('never below 0, rests at the accuracy to keep, and stays where nothing is known', () => {
  const draw = random(1)
  for (let round = 0; round < 200; round++) {
    const [price, kept, right] = [2e-3 * draw(), draw(), Math.floor(11 * draw())]
    const next = nextPrice({ price, kept }, 1e-2)(outcomes(right, 10)).price
    expect(next).toBeGreaterThanOrEqual(0)
    if (right / 10 >= kept) expect(next).toBeGreaterThanOrEqual(price)
    else expect(next).toBeLessThanOrEqual(price)
  }
  expect(nextPrice({ price: 1e-3, kept: 0.3 }, 1)(outcomes(3, 10)).price).toBe(1e-3)
  expect(nextPrice({ price: 1e-3, kept: 0.3 }, 1)(outcomes(0, 0)).price).toBe(1e-3)
})

test('an iteration pays the price of before it, and remembers the next one', async () => {
  const policy = toyPolicy(3)
  const learner = { policy, reference: null, learningRate: 0 }
  const options = resolve(adlp, { priceRate: '0.1', klCoef: '0' })
  const at = (memory: { price: number; kept: number | null } | null, seed: number) => {
    const now = { iteration: 1, iterations: 2, seed: 0, memory }
    return iterate(adlp.build(options, toyNeeds(policy), now), problems, learner, seed)
  }
  const first = await at(null, 1)
  const kept = first.rewards_P.flatMap(({ outcome_G }) => outcome_G as number[])
  const accuracy = kept.reduce((a, b) => a + b) / kept.length
  expect(first.memory).toEqual({ price: 1e-3, kept: accuracy }) // nothing to compare with before
  const second = await at({ price: 0.5, kept: 1 }, 2)
  const { ids } = second.groups_P[0]!.rollouts[0]!
  expect(second.rewards_P[0]!.parts_G!.length![0]).toBeCloseTo(-0.5 * ids.length, 6)
  expect((second.memory as { price: number }).price).toBeLessThan(0.5)
})
