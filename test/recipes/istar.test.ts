import { expect, test } from 'vitest'
import { stepNorm } from '../../src/advantages/step-norm.ts'
import { stepSums } from '../../src/credit/step-sums.ts'
import type { LossInput } from '../../src/method.ts'
import { random } from '../../src/numbers/random.ts'
import { advantages } from '../../src/stages.ts'
import { preferredRollouts } from '../../src/update/preferred-rollouts.ts'
import { credited, exampleGroup, exampleRollout, f32 } from '../example-groups.ts'
import { input, numericSlope } from '../update/example-batch.ts'

const fused = advantages.combine({
  process: { baseline: stepNorm(), weight: 1 },
  outcome: { baseline: advantages.groupNorm(), weight: 1 },
})

test('outcomes and steps, each in units of its own spread (arXiv:2509.19199, eq. 8 to 10)', () => {
  const group = exampleGroup([1, 1, 1], [1, 1])
  const outcome_G = [1, 0]
  const tokens_G_T = [f32(0.2, -0.1, 0.05), f32(-0.3, 0.1)]
  const process = stepSums()(group, { outcome_G, tokens_G_T })
  const rounded = (of_G: readonly Float32Array[]) =>
    of_G.map(a_T => [...a_T].map(a => Number(a.toFixed(3))))
  expect(rounded(stepNorm()(group, process))).toEqual([
    [1.204, -0.516, 0.344],
    [-1.663, 0.631],
  ])
  const streams = { process, outcome: [f32(1, 1, 1), f32(0, 0)] }
  const { advantages_P_G_T } = fused(credited([group], [streams]))
  expect(rounded(advantages_P_G_T[0]!)).toEqual([
    [2.204, 0.484, 1.344],
    [-2.663, -0.369],
  ])
})

test('a model that is the policy changes nothing', () => {
  const group = exampleGroup([1, 2], [2])
  const rewards = { outcome_G: [1, 0], tokens_G_T: [f32(0, 0, 0), f32(0, 0)] }
  const found = stepNorm()(group, stepSums()(group, rewards))
  expect(found).toEqual([f32(0, 0, 0), f32(0, 0)])
})

test("a step earns the sum of the policy's own tokens; nothing where the outcome is not known", () => {
  const spans = [
    { start: 0, end: 1, role: 'tool' as const },
    { start: 1, end: 3, role: 'policy' as const },
  ]
  const group = exampleGroup(exampleRollout([2, 1], spans), [1], [1])
  const tokens_G_T = [f32(9, 0.5, 0.25), f32(1), null]
  const found = stepSums()(group, { outcome_G: [1, null, 0], tokens_G_T })
  expect(found).toEqual([f32(0.5, 0.5, 0.25), null, null])
})

/** Rollouts of two groups. */
const graded = (moves: readonly number[]): LossInput[] =>
  [1, 0, 1, 1, 0, null].map((outcome, g) => ({
    ...input([-1, -0.5, -2], [-1 - moves[g]!, -0.4, -1.5], [0, 0, 0], [1, 1, Number(g !== 2)]),
    group: g < 3 ? 0 : 1,
    outcome,
  }))

test('log 2 where it is the policy that sampled; slopes are those of central differences', () => {
  const draw = random(2)
  const loss = preferredRollouts({ beta: 0.7 })
  const same = graded([0, 0, 0, 0, 0, 0]).map(one => ({ ...one, sampled_T: one.logprobs_T }))
  expect(loss.of(same).loss).toBeCloseTo(Math.log(2), 6)
  for (let round = 0; round < 20; round++) {
    const batch = graded(Array.from({ length: 6 }, () => 2 * draw() - 1))
    const { dlogprobs_G_T } = loss.of(batch)
    for (const [g, numeric_T] of numericSlope(loss, batch).entries())
      for (const [t, x] of numeric_T.entries()) expect(dlogprobs_G_T[g]![t]).toBeCloseTo(x, 3)
    expect([...dlogprobs_G_T[5]!]).toEqual([0, 0, 0]) // of no known outcome
  }
})

test('a group of equal outcomes has no pair', () => {
  const { loss, dlogprobs_G_T, metrics } = preferredRollouts({ beta: 1 }).of([
    { ...input([-1], [-2], [0]), outcome: 1 },
    { ...input([-1], [-1], [0]), outcome: 1 },
  ])
  expect([loss, ...dlogprobs_G_T.flatMap(d_T => [...d_T])]).toEqual([0, 0, 0])
  expect(metrics['update/told']).toBe(0)
})
