import { expect, test } from 'vitest'
import {
  bestOfNReport,
  rankingReport,
  type ScoredSet,
  wholeScores,
} from '../../../src/prm/evaluate/candidates-report.ts'
import { asProblem } from '../../../src/prm/formats/format.ts'

function set(right: boolean[], scores_N: ScoredSet['scores_N']): ScoredSet {
  const none = { by: null, steps: null, answer: null, scores_S: null, score: null }
  const candidates = right.map(one => ({ ...none, right: one }))
  return { set: { id: 'a', problem: asProblem('a', 'q'), candidates }, scores_N }
}

const stepwise = set(
  [true, false],
  [
    [0.9, 0.5],
    [0.6, 0.8],
  ],
)

test('a row for every way to aggregate that the scores allow', () => {
  const ways = (one: ScoredSet) => wholeScores([one]).map(({ how }) => how)
  expect(ways(stepwise)).toEqual([
    ...['min', 'soft-min', 'product', 'last', 'mean', 'geometric-mean', 'max', 'sum'],
  ])
  expect(ways(set([true, false], [[0.9], [-0.5]]))).not.toContain('product')
  expect(ways(set([true, false], [3, -4]))).toEqual(['score'])
})

test('which way ranks the right one first', () => {
  const rows = rankingReport([stepwise])
  expect(rows.map(({ how, accuracy }) => [how, accuracy])).toEqual([
    ['min', 0],
    ['soft-min', 0],
    ['product', 0],
    ['last', 0],
    ['mean', 0], // 0.7 both: a tie is no win
    ['geometric-mean', 0],
    ['max', 1],
    ['sum', 0],
  ])
  expect(rankingReport([set([true, false], [3, -4])])).toMatchObject([
    { how: 'score', accuracy: 1 },
  ])
})

test('best of n: every rule by every way, beside what needs no judge', () => {
  const scored = set([true, false, false], [[0.9], [0.2], [0.3]])
  const graded = { class_N: [0, 1, 1], right_N: [true, false, false] }
  const [one, three] = bestOfNReport([scored], [graded], [1, 3], { trials: 50, seed: 1 })
  expect(three).toMatchObject({ n: 3, passAtN: 1, majority: { mean: 0 } })
  expect(three!.average).toBeCloseTo(1 / 3, 12)
  expect(three!.rules).toHaveLength(48)
  // weighted: 0.9 of the right answer against 0.5; hybrid: 0.9 and 0.3 are the better half, and differ
  const solved = (rule: string) =>
    new Set(three!.rules.filter(one => one.rule === rule).map(one => one.solved.mean))
  expect([...solved('best'), ...solved('weighted'), ...solved('hybrid')]).toEqual([1, 1, 0.5])
  // 1/3 of the votes and the most points against 2/3 and the fewest; and the majority is more than half
  expect([...solved('blended'), ...solved('decisive')]).toEqual([1, 0])
  // one candidate alone leaves nothing to choose
  const shares = new Set(one!.rules.map(({ solved }) => solved.mean))
  expect([...shares]).toEqual([one!.majority.mean])
  expect(bestOfNReport([scored], [graded], [1], { trials: 50, seed: 1 })).toEqual([one])
})
