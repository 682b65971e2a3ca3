import { expect, test } from 'vitest'
import { random } from '../../../src/numbers/random.ts'
import { type Graded, solvedByRules, solvedBySamples } from '../../../src/prm/evaluate/best-of-n.ts'
import { best, majority } from '../../../src/prm/evaluate/votes.ts'

const easy: Graded = { class_N: [0, 0, 1], right_N: [true, true, false] }
const hard: Graded = { class_N: [0, 1, 0], right_N: [false, true, false] }
const score_N = [3, 2, 1]

test('all candidates: nothing is left to chance', () => {
  const draw = random(0)
  const contenders = [best, majority].map(rule => ({ rule, score_P_N: [score_N, score_N] }))
  const half = { mean: 0.5, deviation: 0 }
  for (const n of [3, 9])
    expect(solvedByRules([easy, hard], n, contenders, { random: draw })).toEqual([half, half])
  expect(draw.state()).toEqual(random(0).state())
})

test('random subsets: the shares that counting gives', () => {
  const solved = (graded: Graded[], n: number, rule = best, scores = score_N) =>
    solvedByRules(graded, n, [{ rule, score_P_N: graded.map(() => scores) }], {
      trials: 3000,
      random: random(1),
    })[0]!
  // of the three pairs of easy every one has its best right; of hard none where the right one scores least
  expect(solved([easy], 2).mean).toBe(1)
  expect(solved([hard], 2, best, [3, 1, 2]).mean).toBe(0)
  // majority of pairs of easy: 0 0 is right, 0 1 twice a draw: (1 + 1/2 + 1/2) / 3
  const found = solved([easy], 2, majority)
  expect(found.mean).toBeCloseTo(2 / 3, 1)
  expect(found.deviation).toBeCloseTo(Math.sqrt(1 / 18), 1)
  // one sample: any rule is the average
  expect(solved([easy, hard], 1).mean).toBeCloseTo(0.5, 1)
})

test('contenders see the same subsets, and the same seed gives the same shares', () => {
  const run = () =>
    solvedByRules(
      [easy, hard],
      2,
      [best, best].map(rule => ({ rule, score_P_N: [score_N, score_N] })),
      { trials: 20, random: random(5) },
    )
  const [one, other] = run()
  expect(one).toEqual(other)
  expect(run()).toEqual([one, other])
})

test('without a judge: pass@n and the average', () => {
  expect(solvedBySamples([easy, hard], 1).average).toBeCloseTo(0.5, 12)
  expect(solvedBySamples([easy, hard], 2).passAtN).toBeCloseTo((1 + 2 / 3) / 2, 12)
  expect(solvedBySamples([easy, hard], 3).passAtN).toBe(1)
})
