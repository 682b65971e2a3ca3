import { expect, test } from 'vitest'
import { solvedByRule, solvedBySamples } from '../../../src/prm/evaluate/best-of-n.ts'
import { best, type Choice, majority } from '../../../src/prm/evaluate/votes.ts'
import { random } from '../../../src/random.ts'

const easy: Choice = { class_N: [0, 0, 1], right_N: [true, true, false], score_N: [3, 2, 1] }
const hard: Choice = { class_N: [0, 1, 0], right_N: [false, true, false], score_N: [3, 1, 2] }

test('all candidates: nothing is left to chance', () => {
  const draw = random(0)
  expect(solvedByRule([easy, hard], 3, best, { random: draw })).toEqual({ mean: 0.5, deviation: 0 })
  expect(solvedByRule([easy, hard], 9, majority, { random: draw })).toEqual({
    mean: 0.5,
    deviation: 0,
  })
  expect(draw.state()).toEqual(random(0).state())
})

test('random subsets: the shares that counting gives', () => {
  // of 3 pairs: easy is always right by score; hard never: 1 is the least score
  const options = { trials: 3000, random: random(1) }
  expect(solvedByRule([easy], 2, best, options).mean).toBe(1)
  expect(solvedByRule([hard], 2, best, options).mean).toBe(0)
  // majority of pairs of easy: 0 0 is right, 0 1 twice a draw: (1 + 1/2 + 1/2) / 3
  const found = solvedByRule([easy], 2, majority, options)
  expect(found.mean).toBeCloseTo(2 / 3, 1)
  expect(found.deviation).toBeCloseTo(Math.sqrt(1 / 18), 1)
  // one sample: any rule is the average
  expect(solvedByRule([easy, hard], 1, best, options).mean).toBeCloseTo(0.5, 1)
})

test('without a judge: pass@n and the average', () => {
  expect(solvedBySamples([easy, hard], 1).average).toBeCloseTo(0.5, 12)
  expect(solvedBySamples([easy, hard], 2).passAtN).toBeCloseTo((1 + 2 / 3) / 2, 12)
  expect(solvedBySamples([easy, hard], 3).passAtN).toBe(1)
})

test('the same seed gives the same shares', () => {
  const run = () => solvedByRule([easy, hard], 2, majority, { trials: 20, random: random(5) })
  expect(run()).toEqual(run())
})
