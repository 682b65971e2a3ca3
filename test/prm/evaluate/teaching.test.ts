import { expect, test } from 'vitest'
import { preferredShare } from '../../../src/numbers/preferred-share.ts'
import { below, random } from '../../../src/numbers/random.ts'
import { teachingQuality, variance } from '../../../src/prm/evaluate/teaching.ts'

test('uniform over three outcomes: a perfect ranking spreads .0067, a wrong one .162 (arXiv:2503.15477, section 3)', () => {
  const slope = (r: readonly number[]): number => {
    const centre = r.reduce((a, b) => a + b) / r.length
    return Math.hypot(...r.map(x => (x - centre) / r.length)) // of softmax logits at 0
  }
  const [flat, steep] = [
    [1, 0.9, 0.8],
    [1, 0.1, 0.2],
  ]
  expect([variance(flat!), variance(steep!)]).toEqual([
    expect.closeTo(0.0067, 4),
    expect.closeTo(0.162, 3),
  ])
  expect([slope(flat!), slope(steep!)]).toEqual([
    expect.closeTo(0.047, 3),
    expect.closeTo(0.233, 3),
  ])
})

test('a distance to the goal prefers every success, staying alive none; a tie does not count (arXiv:2410.14660)', () => {
  // steps to a goal 3 away on a line: mean of -distance over the way; and 1 for each step that is made
  const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length
  const successes = [
    [3, 2, 1, 0],
    [3, 3, 2, 1, 0],
  ]
  const failures = [
    [3, 3, 3, 3, 3, 3],
    [3, 2, 3, 4, 4, 4],
  ]
  const by = (reward: (distances: readonly number[]) => number) => ({
    right: successes.map(reward),
    wrong: failures.map(reward),
  })
  expect(preferredShare(by(d => mean(d.map(x => -x))))).toBe(1)
  expect(preferredShare(by(d => mean(d.map(() => 1))))).toBe(0)
  expect(preferredShare({ right: [1, 2], wrong: [1] })).toBe(0.5)
  expect(preferredShare({ right: [1], wrong: [] })).toBe(1)
})

const set = (...of: readonly (readonly [number | null, boolean])[]) => ({
  scores_N: of.map(([score]) => score),
  right_N: of.map(([, right]) => right),
})

test('numbers by hand: pairs, ties by halves, and what has no score left out', () => {
  const found = teachingQuality([
    set([2, true], [0, false], [1, false], [null, true]),
    set([1, true], [1, false]),
    set([3, false], [1, false]),
    set([1, true]),
  ])
  expect(found).toMatchObject({ problems: 3, pairs: 3, mixed: 2, aboveAllWrong: 0.5 })
  expect(found.pairAccuracy).toBeCloseTo(2.5 / 3, 12)
  // 2, 0, 1, 1, 1, 3, 1 have variance 38/49; those of the problems are 2/3, 0 and 1
  expect(found.variance).toBeCloseTo(((2 / 3 + 1) / 3) * (49 / 38), 12)
  expect(teachingQuality([])).toMatchObject({ pairAccuracy: null, variance: null, problems: 0 })
})

test('scale and offset of all scores change nothing', () => {
  const draw = random(9)
  for (let round = 0; round < 100; round++) {
    const sets = Array.from({ length: 4 }, () =>
      set(...Array.from({ length: 5 }, () => [below(draw, 8), draw() < 0.5] as const)),
    )
    const [scale, offset] = [0.25 + draw(), 4 * draw()]
    const moved = sets.map(one => ({
      ...one,
      scores_N: one.scores_N.map(score => scale * score! + offset),
    }))
    const [a, b] = [teachingQuality(sets), teachingQuality(moved)]
    expect([b.pairAccuracy, b.aboveAllWrong]).toEqual([a.pairAccuracy, a.aboveAllWrong])
    expect(b.variance).toBeCloseTo(a.variance!, 8)
  }
})
