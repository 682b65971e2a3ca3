import { expect, test } from 'vitest'
import { passAtK, passAtKAdvantages } from '../../src/advantages/pass-at-k.ts'
import { exampleGroup, f32 } from '../example-groups.ts'

test.each([
  [8, 2, 4, 0.52223, -0.17408],
  [8, 2, 1, 1.73205, -0.57735], // as GRPO
  [8, 4, 4, 0.12039, -0.12039],
])(
  '%d rollouts, %d right, best of %d: %d and %d (arXiv:2508.10751, eq. 14 and 15)',
  (n, right, k, a, b) => {
    const found = passAtKAdvantages(n, right, k)
    expect(found.right).toBeCloseTo(a, 4)
    expect(found.wrong).toBeCloseTo(b, 4)
  },
)

test('as the mean over every subset that holds the rollout, and all of a group add up to 0', () => {
  for (let n = 2; n <= 8; n++)
    for (let right = 1; right < n; right++)
      for (let k = 1; k <= n - right; k++) {
        const best = subsets(n, k).map(of => ({ of, max: Number(of.some(g => g < right)) }))
        const mean = best.reduce((sum, { max }) => sum + max, 0) / best.length
        const deviation = Math.sqrt(mean * (1 - mean))
        const worth = (g: number): number => {
          const held = best.filter(({ of }) => of.includes(g))
          return held.reduce((sum, { max }) => sum + (max - mean) / deviation, 0) / held.length
        }
        const found = passAtKAdvantages(n, right, k)
        expect(found.right).toBeCloseTo(worth(0), 4)
        expect(found.wrong).toBeCloseTo(worth(n - 1), 4)
        expect(right * found.right + (n - right) * found.wrong).toBeCloseTo(0, 6)
      }
})

test('the larger k, the harder the problems that are learned most', () => {
  const most = (k: number): number => {
    const sizes = [1, 2, 3, 4, 5, 6, 7].map(right => {
      const found = passAtKAdvantages(8, right, k)
      return right * found.right - (8 - right) * found.wrong
    })
    return 1 + sizes.indexOf(Math.max(...sizes))
  }
  expect([1, 2, 4].map(most)).toEqual([4, 3, 2])
})

test('nothing where no rollout is right, where fewer than k are wrong, or fewer than k are known', () => {
  const none = { right: 0, wrong: 0 }
  for (const [n, right, k] of [
    [8, 0, 4],
    [8, 5, 4],
    [3, 1, 4],
    [4, 4, 1],
  ] as const)
    expect(passAtKAdvantages(n, right, k)).toEqual(none)
})

test('a rollout that is not known gets zeros and is not among the n', () => {
  const group = exampleGroup([2], [1], [1])
  const found = passAtK(1)(group, [f32(1, 1), null, f32(0)])
  expect(found.map(a_T => a_T.length)).toEqual([2, 1, 1])
  expect([...found[0]!, ...found[1]!, ...found[2]!].map(Math.round)).toEqual([1, 1, 0, -1])
  expect(() => passAtK(0)).toThrow('k must be a whole number above 0, got 0')
})

/** All subsets of k of the numbers below n. */
function subsets(n: number, k: number): number[][] {
  if (k === 0) return [[]]
  if (n < k) return []
  return [...subsets(n - 1, k), ...subsets(n - 1, k - 1).map(of => [...of, n - 1])]
}
