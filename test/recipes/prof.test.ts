import { expect, test } from 'vitest'
import { below, random } from '../../src/numbers/random.ts'
import { harmonized, removedOf } from '../../src/rewards/harmonized.ts'
import { exampleGroup, f32 } from '../example-groups.ts'

function kept(outcome_G: (number | null)[], scores: (number | null)[], keep = 4, ofWrong = true) {
  const steps_G_S = scores.map(score => (score === null ? null : f32(score, score)))
  const groups_P = [exampleGroup(...scores.map(() => [1, 1]))]
  const batch = { groups_P, rewards_P: [{ outcome_G, steps_G_S }] }
  return harmonized({ keep, ofWrong })(batch)[0]!
}

test.each([
  [6, 2, 4, 0],
  [2, 6, 0, 4],
  [4, 4, 2, 2],
  [8, 0, 4, 0],
])(
  'of %d right and %d wrong ones, %d and %d go (arXiv:2509.03403, algorithm 1)',
  (r, w, of, off) => {
    expect(removedOf(r, w, 4)).toEqual({ right: of, wrong: off })
  },
)

test('right ones go whose steps look bad, wrong ones whose steps look good', () => {
  const scores = [0.9, 0.1, 0.5, 0.3, 0.9, 0.1, 0.5, 0.3]
  expect(kept([1, 1, 1, 1, 0, 0, 0, 0], scores)).toEqual([0, 2, 5, 7])
  expect(kept([1, 1, 1, 1, 0, 0, 0, 0], scores, 4, false)).toEqual([0, 2, 6, 7])
})

test('without a known outcome or known scores a rollout is no part of it; few are all kept', () => {
  expect(kept([1, null, 0, 1], [0.1, 0.2, null, 0.3])).toEqual([0, 3])
  expect(kept([null, null], [0.1, 0.2])).toEqual([])
})

test('a constant on all scores changes nothing, and numbers of right and wrong come close', () => {
  const draw = random(5)
  for (let round = 0; round < 200; round++) {
    const outcomes = Array.from({ length: 8 }, () => below(draw, 2))
    const scores = outcomes.map(() => below(draw, 64) / 64)
    const found = kept(outcomes, scores)
    expect(
      kept(
        outcomes,
        scores.map(score => score - 0.75),
      ),
    ).toEqual(found)
    expect(found).toHaveLength(4)
    const right = found.filter(g => outcomes[g] === 1).length
    const all = outcomes.filter(x => x === 1).length
    const even = Math.min(Math.max(2, 4 - (8 - all)), all)
    expect(right).toBe(even)
  }
})
