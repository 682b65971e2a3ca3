import { expect, test } from 'vitest'
import { planRubric, rubricOf, rubricStages, rubricWeights } from '../../src/credit/plan-rubric.ts'
import { random } from '../../src/numbers/random.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'

const { dense, category, sparse } = rubricStages

test('6 of 8 soft and 3 of 4 hard constraints, and all of both (arXiv:2509.25779, eq. 1)', () => {
  const of = (soft: number, hard: number) =>
    [dense, category, sparse].map(weights => rubricOf(soft, hard, weights))
  expect(of(6 / 8, 3 / 4)).toEqual([1.5, 0, 0])
  expect(of(1, 1)).toEqual([5, 3, 1])
  expect(of(1, 0.5)).toEqual([2.5, 1, 0])
})

const answers = (...texts: string[]) =>
  exampleGroup(...texts.map(text => ({ ...exampleRollout([1, 1]), text })))

test('steps are soft constraints, the outcome is the hard ones, and without a box nothing counts', () => {
  const rewards = {
    outcome_G: [1, 1, 1, null, 0],
    steps_G_S: [f32(0.5, -0.5), f32(1, 0), f32(1, 1), f32(1, 1), null],
  }
  const group = answers('\\boxed{1}', '\\boxed{1}', '1', '\\boxed{1}', '\\boxed{1}')
  const of = (weights: typeof dense | typeof sparse) =>
    planRubric(weights)(group, rewards).map(r_T => r_T && [...r_T])
  expect(of(dense)).toEqual([[2.5, 2.5], [5, 5], [0, 0], null, null])
  expect(of(sparse)).toEqual([[0, 0], [1, 1], [0, 0], null, null])
})

test('a score that is no number is no reward', () => {
  const rewards = { outcome_G: [1], steps_G_S: [f32(1, Number.NaN)] }
  expect(planRubric(dense)(answers('\\boxed{1}'), rewards)[0]![0]).toBeNaN()
})

test('a constraint more that holds is never worth less, in any stage', () => {
  const draw = random(2)
  for (let round = 0; round < 200; round++) {
    const [n, m] = [1 + Math.floor(6 * draw()), 1 + Math.floor(4 * draw())]
    const [a, b] = [Math.floor(n * draw()), Math.floor(m * draw())]
    for (const weights of [dense, category, sparse]) {
      const now = rubricOf(a / n, b / m, weights)
      expect(rubricOf((a + 1) / n, b / m, weights)).toBeGreaterThanOrEqual(now)
      expect(rubricOf(a / n, (b + 1) / m, weights)).toBeGreaterThanOrEqual(now)
    }
  }
})

test('of 500 iterations 100 are dense, 300 by category, 100 sparse', () => {
  const at = (iteration: number) => rubricWeights('curriculum', { iteration, iterations: 500 })
  expect([1, 100, 101, 400, 401, 500].map(at)).toEqual([
    dense,
    dense,
    category,
    category,
    sparse,
    sparse,
  ])
  expect(rubricWeights('sparse', { iteration: 1, iterations: 500 })).toEqual(sparse)
})
