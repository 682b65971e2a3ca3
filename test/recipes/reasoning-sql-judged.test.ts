import { expect, test } from 'vitest'
import { shapedOutcome } from '../../src/credit/shaped-outcome.ts'
import { random } from '../../src/numbers/random.ts'
import { nearness } from '../../src/rewards/nearness.ts'
import type { Ask } from '../../src/rewards/remote/chat.ts'
import { exampleGroup } from '../example-groups.ts'

const parts = ['runs', 'schema', 'bigrams', 'format', 'near'] as const
const group = exampleGroup([1], [1], [1])
const marking =
  (mark: number | null): Ask =>
  async (_, read) =>
    mark === null ? null : read(`\\boxed{${mark}}`)

async function rewardsOf(outcome_G: (number | null)[], of: number[], ask: Ask) {
  const [runs, schema, bigrams, format] = of.map(x => outcome_G.map(() => x))
  const scorer = async () => [
    { outcome_G, parts_G: { runs: runs!, schema: schema!, bigrams: bigrams!, format: format! } },
  ]
  const [found] = await nearness(scorer, ask, { weight: 2, seed: 1 })([group])
  return shapedOutcome(parts, { right: 3 })(group, found!).map(of_T => of_T?.[0] ?? null)
}

test('a wrong query, marked in the middle, that runs: 4.17; the known one: 9 (arXiv:2503.23157, section 3.1)', async () => {
  const half = await rewardsOf([0, 1, null], [1, 2 / 3, 0.5, 1], marking(5.5))
  expect(half[0]).toBeNull() // no mark
  const [wrong, right, unknown] = await rewardsOf([0, 1, null], [1, 2 / 3, 0.5, 1], marking(10))
  expect(wrong).toBeCloseTo(0 + 2 + 1 + 2 / 3 + 0.5 + 1, 5)
  expect(right).toBeCloseTo(3 + 2 + 1 + 2 / 3 + 0.5 + 1, 5)
  expect(unknown).toBeNull()
  const [low] = await rewardsOf([0, 0, 0], [1, 2 / 3, 0.5, 1], marking(1))
  expect((low! + wrong!) / 2).toBeCloseTo(4.17, 2) // as a judge of a half
  expect((await rewardsOf([1, 1, 1], [1, 1, 1, 1], marking(null)))[0]).toBe(9)
})

test('no wrong query is above a right one of the same parts, whatever the mark', async () => {
  const draw = random(4)
  for (let round = 0; round < 30; round++) {
    const of = Array.from({ length: 4 }, draw)
    const [wrong, right] = await rewardsOf([0, 1, 1], of, marking(1 + Math.floor(10 * draw())))
    expect(right!).toBeGreaterThan(wrong!)
  }
})

test('what is no number stays none, and nobody is asked about it', async () => {
  const never: Ask = () => Promise.reject(new Error('asked'))
  const found = await rewardsOf([Number.NaN, 1, null], [1, 1, 1, 1], never)
  expect(found).toEqual([Number.NaN, 9, null])
})
