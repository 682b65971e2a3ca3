import { expect, test } from 'vitest'
import { rankingQuality } from '../../../src/prm/evaluate/ranking.ts'
import { readCandidates } from '../../../src/prm/formats/read-candidates.ts'
import { aggregate } from '../../../src/prm/score/aggregate.ts'
import type { Aggregation } from '../../../src/prm/score/step-scorer.ts'
import { fixture } from '../formats/files.ts'

const right_N = [true, false, false, false]

test('numbers worked out by hand: first, second in a tie, last; unscored and one-sided ones left out', () => {
  const found = rankingQuality([
    { scores_N: [0.9, 0.1, 0.8, 0.2], right_N }, // first
    { scores_N: [0.5, 0.5, 0.1, 0.1], right_N }, // tied for the first place: second
    { scores_N: [0, 1, 1, 1], right_N }, // fourth
    { scores_N: [0.9, null, 0, 0], right_N },
    { scores_N: [0.9, 0.1], right_N: [true, true] },
  ])
  expect(found).toMatchObject({ problems: 3, left: 2 })
  expect(found.accuracy).toBeCloseTo(1 / 3, 12)
  expect(found.accuracyWithTies).toBeCloseTo(2 / 3, 12)
  expect(found.meanReciprocalRank).toBeCloseTo((1 + 1 / 2 + 1 / 4) / 3, 12)
})

test('of several right ones all must be above, and the best counts for the rank', () => {
  const found = rankingQuality([{ scores_N: [0.9, 0.5, 0.1], right_N: [true, false, true] }])
  expect(found).toMatchObject({ accuracy: 0, meanReciprocalRank: 1 })
})

test('nothing to count is NaN', () => {
  expect(rankingQuality([]).accuracy).toBeNaN()
})

// The published scores of Math-Shepherd and Skywork-Reward-Llama-3.1-8B; the product is the published 17.18.
const table: readonly (readonly [Aggregation, string, string])[] = [
  ['min', '15.32', '0.3467'],
  ['product', '17.18', '0.3468'],
  ['geometric-mean', '15.73', '0.3361'],
  ['last', '18.22', '0.3883'],
  ['mean', '15.11', '0.3278'],
  ['max', '3.93', '0.2182'],
]

test('Math-Shepherd on RewardMATH, to the digit', async () => {
  const { sets } = await readCandidates(fixture('rewardmath-math-shepherd.json.gz'))
  expect(sets).toHaveLength(483)
  const found = table.map(([how]) => {
    const ranked = sets.map(({ candidates }) => ({
      scores_N: candidates.map(({ scores_S }) => aggregate(scores_S!, how)),
      right_N: candidates.map(({ right }) => right!),
    }))
    const { accuracy, meanReciprocalRank } = rankingQuality(ranked)
    return [how, (100 * accuracy).toFixed(2), meanReciprocalRank.toFixed(4)]
  })
  expect(found).toEqual(table)
})

test('a judge of outcomes on RewardMATH, to the digit', async () => {
  const { sets } = await readCandidates(fixture('rewardmath-skywork.json.gz'))
  const ranked = sets.map(({ candidates }) => ({
    scores_N: candidates.map(({ score }) => score),
    right_N: candidates.map(({ right }) => right!),
  }))
  const { accuracy, meanReciprocalRank } = rankingQuality(ranked)
  expect([(100 * accuracy).toFixed(2), meanReciprocalRank.toFixed(4)]).toEqual(['22.15', '0.4469'])
})
