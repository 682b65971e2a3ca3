import { expect, test } from 'vitest'
import { random } from '../../src/numbers/random.ts'
import { brevity } from '../../src/rewards/brevity.ts'
import { exampleGroup, expectClose, f32 } from '../example-groups.ts'

const lengths = [[100], [200], [300]]
const groups = [exampleGroup(...lengths), exampleGroup(...lengths), exampleGroup(...lengths)]

/** Rewards of groups, each rollout's outcome with what length costs it. */
async function rewardsOf(outcomes: (number | null)[][], options: Parameters<typeof brevity>[1]) {
  const found = await brevity(
    async () => outcomes.map(outcome_G => ({ outcome_G })),
    options,
  )(groups.slice(0, outcomes.length))
  return found.map(({ outcome_G, parts_G }) =>
    outcome_G.map((outcome, g) => (outcome === null ? null : outcome + parts_G.brevity[g]!)),
  )
}

test('lengths 100, 200 and 300, all right (arXiv:2505.18086, eq. 4)', async () => {
  const [rewards] = await rewardsOf([[1, 1, 1]], { share: 1, penalty: 0.2 })
  const rounded = rewards!.map(reward => Number(reward!.toFixed(4)))
  expect(rounded).toEqual([0.9546, 0.9, 0.8454])
})

test('only in the groups that are solved best, and only where it is right', async () => {
  const outcomes = [
    [1, 0, 0],
    [1, 0, 1],
    [null, null, null],
  ]
  const [hard, easy, unknown] = await rewardsOf(outcomes, { share: 0.2, penalty: 0.5 })
  expect(hard).toEqual([1, 0, 0])
  expect(easy![1]).toBe(0)
  expect(easy![0]).toBeGreaterThan(easy![2]!)
  expect(unknown).toEqual([null, null, null])
  expectClose(f32((await rewardsOf([[0, 1, 0]], { share: 1, penalty: 0.5 }))[0]![1]!), [0.75])
})

test('a share of 0 is GRPO; at 1 no right rollout is worth less than a wrong one', async () => {
  const draw = random(9)
  for (let round = 0; round < 100; round++) {
    const outcomes = groups.map(() => [0, 1, 2].map(() => Number(draw() < 0.6)))
    expect(await rewardsOf(outcomes, { share: 0, penalty: 0.9 })).toEqual(outcomes)
    const found = await rewardsOf(outcomes, { share: 1, penalty: 0.9 })
    for (const [p, rewards_G] of found.entries())
      for (const [g, reward] of rewards_G.entries()) expect(reward! > 0).toBe(outcomes[p]![g] === 1)
  }
})
