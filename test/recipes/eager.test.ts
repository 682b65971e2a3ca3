import { expect, test } from 'vitest'
import { below, random } from '../../src/numbers/random.ts'
import { answered, facets, facetsOf, shapedBonuses } from '../../src/rewards/facets.ts'
import { exampleGroup, exampleRollout, expectClose } from '../example-groups.ts'

const discounted = (rewards_S: ArrayLike<number>, discount: number) =>
  Array.from(rewards_S).reduce((sum, r, s) => sum + r * discount ** s, 0)

test('bonuses of 0.9 and 0.7 come to nothing once the goal is reached (arXiv:2206.09674, section 3.3)', () => {
  const options = { bonus: 1, discount: 0.99, right: 0 }
  const shaped = shapedBonuses([0.9, 0, 0.7, 0, 0], 1, options)
  expectClose(shaped.subarray(0, 4), [0.9, 0, 0.7, 0])
  expect(discounted(shaped, 0.99)).toBeCloseTo(0, 6)
})

test('of any right rollout they do; of a wrong one they stay', () => {
  const draw = random(2)
  for (let round = 0; round < 100; round++) {
    const options = { bonus: draw(), discount: 0.5 + draw() / 2, right: 2 }
    const bonuses = Array.from({ length: 1 + below(draw, 8) }, () => below(draw, 3))
    const last = options.discount ** (bonuses.length - 1)
    const right = discounted(shapedBonuses(bonuses, 1, options), options.discount)
    expect(right).toBeCloseTo(2 * last, 5)
    const wrong = discounted(shapedBonuses(bonuses, 0, options), options.discount)
    expect(wrong).toBeCloseTo(options.bonus * discounted(bonuses, options.discount), 5)
  }
})

test('each question pays at most once, whatever is said again', () => {
  const asked = facetsOf({ solution: ['2+3=5', '5*4=20', '20-0=20', 'so'] })
  expect(asked).toEqual(['5', '20'])
  expect(answered(asked, ['5 and 5', '20', '20, 5', '205'])).toEqual([1, 1, 0, 0])
  expect(facetsOf({ solution: null })).toEqual([])
})

test('what is not known stays so, and what is no number', async () => {
  const group = exampleGroup([1, 1], [1, 1], [1])
  const problem = { ...group.problem, solution: ['1+1=2', 'then 0'] }
  const named = { ...exampleRollout([1, 1]) } // of steps `step 0` and `step 1`
  const rollouts = [named, named, named]
  const grade = async () => [{ outcome_G: [0, null, Number.NaN] }]
  const options = { bonus: 0.1, discount: 1, right: 1 }
  const [found] = await facets(grade, options)([{ problem, rollouts }])
  expectClose(found!.steps_G_S[0]!, [0.1, 0])
  expect(found!.steps_G_S[1]).toBeNull()
  expect(found!.steps_G_S[2]!.at(-1)).toBeNaN()
})
