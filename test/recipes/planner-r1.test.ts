import { expect, test } from 'vitest'
import { planRubric, rubricOf, rubricStages, rubricWeights } from '../../src/credit/plan-rubric.ts'
import { random } from '../../src/numbers/random.ts'
import { once, resolve } from '../../src/recipe.ts'
import plans from '../../src/recipes/planner-r1-plans.ts'
import { talkedParts } from '../../src/rewards/talked.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'
import { toyNeeds, toyPolicy } from '../toy.ts'

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

test('of a plan an environment says what holds; without one nothing counts, and what is not known is null', async () => {
  const talk = (parts: Record<string, number>) => ({ said: '', replies: 0, parts, failed: null })
  const group = exampleGroup(
    ...[
      { schema: 1, soft: 6 / 8, hard: 3 / 4 },
      { schema: 1, soft: 1, hard: 1 },
      { schema: 0 },
      {},
    ].map(parts => ({ ...exampleRollout([1, 1]), talk: talk(parts as Record<string, number>) })),
  )
  const of = async (stage: string) => {
    const options = resolve(plans, { stage })
    const { credit } = plans.build(options, toyNeeds(toyPolicy()), once)
    const [parts] = await talkedParts(['schema', 'soft', 'hard'])([group])
    const { outcome } = credit(group, { outcome_G: [0, 1, 0, null], ...parts! })
    return outcome!.map(r_T => r_T && [...r_T])
  }
  expect(await of('dense')).toEqual([[1.5, 1.5], [5, 5], [0, 0], null])
  expect(await of('category')).toEqual([[0, 0], [3, 3], [0, 0], null])
  expect(await of('sparse')).toEqual([[0, 0], [1, 1], [0, 0], null])
})
