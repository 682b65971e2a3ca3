import { expect, test } from 'vitest'
import { iterate } from '../../src/iterate.ts'
import { once, resolve } from '../../src/recipe.ts'
import grpo from '../../src/recipes/grpo.ts'
import { problems, toyNeeds, toyPolicy } from '../toy.ts'

/** The share of right rollouts in the last of 20 iterations with so many rollouts a problem. */
async function accuracy(groupSize: number, seed: number): Promise<number> {
  const policy = toyPolicy(seed)
  const options = resolve(grpo, { groupSize: String(groupSize), klCoef: '0' })
  let last: readonly (number | null)[] = []
  for (let iteration = 1; iteration <= 20; iteration++) {
    const method = grpo.build(options, toyNeeds(policy), { ...once, iteration })
    const learner = { policy, reference: null, learningRate: 0.3 }
    const { rewards_P } = await iterate(method, problems, learner, 100 * seed + iteration)
    last = rewards_P.flatMap(({ outcome_G }) => outcome_G)
  }
  return last.reduce((sum: number, x) => sum + x!, 0) / last.length
}

test('more rollouts a problem help early, then hardly (arXiv:2412.06000)', async () => {
  const [few, many, more] = await Promise.all(
    [4, 16, 32].map(async groupSize => {
      const found = await Promise.all([1, 2, 3, 4].map(seed => accuracy(groupSize, seed)))
      return found.reduce((a, b) => a + b, 0) / found.length
    }),
  )
  expect(many! - few!).toBeGreaterThan(0.1)
  expect(more! - many!).toBeLessThan(0.5 * (many! - few!))
})
