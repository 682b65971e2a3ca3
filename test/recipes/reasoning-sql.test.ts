import { describe, expect, test } from 'vitest'
import { groupNorm } from '../../src/advantages/group-norm.ts'
import { shapedOutcome } from '../../src/credit/shaped-outcome.ts'
import type { Rewarded } from '../../src/method.ts'
import { random } from '../../src/numbers/random.ts'
import { once, resolve } from '../../src/recipe.ts'
import reasoningSql from '../../src/recipes/reasoning-sql.ts'
import { talkedParts } from '../../src/rewards/talked.ts'
import type { Rollout } from '../../src/types.ts'
import { exampleGroup, exampleRollout } from '../example-groups.ts'
import { toyNeeds, toyPolicy } from '../toy.ts'

const names = ['runs', 'schema', 'bigrams', 'format'] as const
type Found = readonly [outcome: number | null, ...parts: (number | null)[]]

function rolloutOf([, ...parts]: Found): Rollout {
  const given = names.flatMap((name, i) => (parts[i] == null ? [] : [[name, parts[i]!]]))
  const talk = { said: '', replies: 0, parts: Object.fromEntries(given), failed: null }
  return { ...exampleRollout([2]), talk }
}

/** The reward of each rollout by the recipe's own rule, null where it has none. */
async function rewardsOf(...found_G: readonly Found[]): Promise<(number | null)[]> {
  const method = reasoningSql.build(resolve(reasoningSql), toyNeeds(toyPolicy()), once)
  const group = exampleGroup(...found_G.map(rolloutOf))
  const [parts] = await talkedParts(names)([group])
  const rewards = { outcome_G: found_G.map(([outcome]) => outcome), ...parts! }
  const { outcome } = method.credit(group, rewards)
  return outcome!.map(r_T => (r_T === null ? null : r_T[0]!))
}

describe('the reward of a query (arXiv:2503.23157)', () => {
  test('that finds something else: it runs, two names of three, half of the bigrams, the form: 3.17', async () => {
    const [reward] = await rewardsOf([0, 1, 2 / 3, 0.5, 1])
    expect(reward).toBeCloseTo(3.1667, 4) // and 1 more where a judge gives it half: 4.17
  })

  test('that is the known one: 9', async () => {
    expect(await rewardsOf([1, 1, 1, 1, 1])).toEqual([9])
  })

  test('that is right is above every wrong one, whatever its words', async () => {
    const draw = random(5)
    for (let round = 0; round < 100; round++) {
      const right = [1, 1, draw(), draw(), draw() < 0.5 ? 0 : 1] as const
      const wrong = [0, 1, draw(), draw(), 1] as const
      const [high, low] = await rewardsOf(right, wrong)
      expect(high).toBeGreaterThan(low!)
    }
  })

  test('is not known where a part, or what it finds, is not', async () => {
    expect(await rewardsOf([null, 1, 1, 1, 1], [1, 1, null, 1, 1], [1])).toEqual([null, null, null])
  })
})

test('among equal outcomes the partial rewards alone decide', () => {
  const group = exampleGroup([1], [1])
  const parts_G = { runs: [1, 0], schema: [1, 1], bigrams: [0, 0], format: [1, 1] }
  const returns = shapedOutcome(names, { right: 5 })(group, { outcome_G: [0, 0], parts_G })
  const [runs, fails] = groupNorm()(group, returns)
  expect(runs![0]).toBeGreaterThan(0)
  expect(fails![0]).toBe(-runs![0]!)
})

test('parts that a scorer finds itself are not asked of environments again', async () => {
  const { withTalkedParts } = await import('../../src/rewards/talked.ts')
  const group = exampleGroup(rolloutOf([1, 0, 0.5, 0.5, 1]))
  const own = { outcome_G: [1], parts_G: { runs: [7] } }
  const found = (await withTalkedParts(async () => [own])([
    group,
  ])) as unknown as Rewarded['rewards_P']
  expect(found[0]!.parts_G).toEqual({ runs: [7], schema: [0.5], bigrams: [0.5], format: [1] })
})
