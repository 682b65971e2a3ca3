import { expect, test } from 'vitest'
import { normal, random } from '../../src/numbers/random.ts'
import { outputsOf, twoLayers } from '../../src/numbers/two-layers.ts'
import {
  decomposed,
  type Known,
  redistributed,
  type Worth,
} from '../../src/rewards/redistributed.ts'
import { stepFactors } from '../../src/rewards/step-factors.ts'
import type { Group } from '../../src/types.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'

const truth = [0.5, -1, 0.25]

/** Episodes of some steps whose outcome is the sum of what they are truly worth. */
function episodes(seed: number, count: number): Known[] {
  const draw = random(seed)
  return Array.from({ length: count }, () => {
    const xs = Array.from({ length: 3 }, () => truth.map(() => normal(draw)))
    const worth = (x: readonly number[]) => x.reduce((sum, xi, i) => sum + xi * truth[i]!, 0)
    return { xs, outcome: xs.reduce((sum, x) => sum + worth(x), 0) }
  })
}

test('where outcomes are sums of steps, steps are found, and sums of others foretold (arXiv:2412.11120)', () => {
  let net = twoLayers({ inputs: 3, hidden: 16, outputs: 1 }, random(1), 0)
  const learned = episodes(2, 60)
  for (let pass = 0; pass < 400; pass++) net = decomposed(net, learned, 0.1)
  let [errors, squares, steps, stepSquares] = [0, 0, 0, 0]
  for (const { xs, outcome } of episodes(3, 60)) {
    const said = outputsOf(net, xs).map(([y]) => y!)
    errors += (said.reduce((a, b) => a + b, 0) - outcome) ** 2
    squares += outcome ** 2
    for (const [s, x] of xs.entries()) {
      const worth = x.reduce((sum, xi, i) => sum + xi * truth[i]!, 0)
      steps += (said[s]! - worth) ** 2
      stepSquares += worth ** 2
    }
  }
  expect(errors / squares).toBeLessThan(0.1)
  expect(steps / stepSquares).toBeLessThan(0.15)
})

const judge = (outcome_G: readonly (number | null)[]) => async (groups: readonly Group[]) =>
  groups.map(() => ({ outcome_G }))

test('without any outcome every step is worth 0; with some those without one are worth something', async () => {
  const group = exampleGroup([1, 1], [2, 1], [1])
  const unknown = redistributed(judge([null, null, null]), { worth: null, seed: 1 })
  const [nothing] = await unknown.scorer([group])
  expect(nothing!.steps_G_S).toEqual([f32(0, 0), f32(0, 0), f32(0)])
  const some = redistributed(judge([1, 0, null]), { worth: unknown.next(), seed: 1 })
  const [found] = await some.scorer([group])
  expect(found!.outcome_G).toEqual([1, 0, null])
  expect(found!.steps_G_S.flatMap(s => [...s!]).every(Number.isFinite)).toBe(true)
  expect(found!.steps_G_S[0]).not.toEqual(f32(0, 0))
  const stored = JSON.parse(JSON.stringify(some.next())) as Worth
  expect(stored).toEqual(some.next())
})

test('an outcome that is no number is not learned, and its steps are none', async () => {
  const { scorer, next } = redistributed(judge([Number.NaN, 1]), { worth: null, seed: 1 })
  const [found] = await scorer([exampleGroup([1], [1])])
  expect(found!.steps_G_S[0]).toEqual(f32(Number.NaN))
  expect(next()!.net.weights.every(Number.isFinite)).toBe(true)
})

test('the factors of a step are of what the policy wrote, and of its text', () => {
  const spans = [
    { start: 0, end: 1, role: 'tool' as const },
    { start: 1, end: 3, role: 'policy' as const },
  ]
  const rollout = { ...exampleRollout([2, 1], spans), logprobs_T: f32(Number.NaN, -1, -3) }
  const steps = rollout.steps.with(1, { ...rollout.steps[1]!, text: '1+2=3, \\boxed{3}' })
  expect(stepFactors({ ...rollout, steps })).toEqual([
    [-1, -1, 2, 1, 0, 0],
    [-3, -3, 1, 4, 1, 1],
  ])
})
