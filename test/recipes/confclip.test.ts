import { expect, test } from 'vitest'
import { groupNorm } from '../../src/advantages/group-norm.ts'
import { confidentOutcome } from '../../src/credit/confident-outcome.ts'
import { random } from '../../src/numbers/random.ts'
import { confidence } from '../../src/rewards/confidence.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'

const rule = confidentOutcome({ low: 0.2, high: 0.8 })
const group = (n: number) => exampleGroup(...Array.from({ length: n }, () => [1]))

function rewardsOf(outcome_G: (number | null)[], confidence: (number | null)[]) {
  const found = rule(group(outcome_G.length), { outcome_G, parts_G: { confidence } })
  return found.map(r_T => (r_T === null ? null : Number(r_T[0]!.toFixed(6))))
}

test('the outcome times the confidence, kept between limits (arXiv:2509.17730)', () => {
  expect(rewardsOf([1, 1, 1, 0, 0, 0], [0.9, 0.5, 0.1, 0.9, 0.5, 0.1])).toEqual([
    0.8, 0.5, 0.2, -0.8, -0.5, -0.2,
  ])
  expect(rewardsOf([null, 1], [0.5, null])).toEqual([null, null])
})

test('where all are right the surer one is above the other', () => {
  const returns_G = rule(group(2), { outcome_G: [1, 1], parts_G: { confidence: [0.7, 0.5] } })
  const [sure, unsure] = groupNorm()(group(2), returns_G)
  expect(sure![0]).toBeGreaterThan(0)
  expect(unsure![0]).toBeLessThan(0)
})

test('a reward has the sign of its outcome, and every right one is above every wrong one', () => {
  const draw = random(2)
  for (let round = 0; round < 100; round++) {
    const outcomes = [1, 0, ...Array.from({ length: 4 }, () => Number(draw() < 0.5))]
    const found = rewardsOf(
      outcomes,
      outcomes.map(() => draw()),
    ) as number[]
    for (const [g, reward] of found.entries()) expect(reward > 0).toBe(outcomes[g] === 1)
  }
})

test('the confidence is the geometric mean over the tokens that the policy wrote', async () => {
  const rollout = { ...exampleRollout([3]), logprobs_T: f32(-9, Math.log(0.9), Math.log(0.4)) }
  const hinted = {
    ...rollout,
    spans: [
      { start: 0, end: 1, role: 'hint' as const },
      { start: 1, end: 3, role: 'policy' as const },
    ],
  }
  const [found] = await confidence([exampleGroup(hinted, exampleRollout([]))])
  expect(found!.parts_G.confidence[0]).toBeCloseTo(0.6, 6)
  expect(found!.parts_G.confidence[1]).toBeNull()
})
