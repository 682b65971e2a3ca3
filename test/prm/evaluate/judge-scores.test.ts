import { expect, test } from 'vitest'
import { evaluatePrm, judgeScores } from '../../../src/prm/evaluate/judge-scores.ts'
import type { StepOracle } from '../../../src/prm/label/labelled.ts'
import { stepScores } from '../../../src/rewards/step-scores.ts'
import { asRollout, textRollout } from '../../../src/rollouts/text-rollout.ts'
import type { Rollout } from '../../../src/types.ts'
import { exampleGroup, f32 } from '../../example-groups.ts'
import { tokenizer, toyJudge } from '../../toy.ts'

test('numbers worked out by hand', () => {
  const found = judgeScores([
    { labels_S: [true, true, false, null], scores_S: f32(0.8, 0.6, -0.4, -0.9) }, // found
    { labels_S: [true, false, null], scores_S: f32(-0.2, -0.6, 0.5) }, // named a step too early
    { labels_S: [true, true], scores_S: f32(0.2, 0.4) }, // rightly left alone
    { labels_S: [false], scores_S: f32(0.6) }, // missed
    { labels_S: [true], scores_S: f32(0) }, // exactly 0 is wrong: named, where there is nothing
  ])
  // Right steps score 0.8 0.6 -0.2 0.2 0.4 0, wrong ones -0.4 -0.6 0.6.
  expect(found).toMatchObject({
    steps: 9,
    stepAccuracy: 6 / 9,
    rightKept: 4 / 6,
    wrongFound: 2 / 3,
  })
  // Three first errors; three named; one of them in its place.
  expect(found.firstErrorPrecision).toBeCloseTo(1 / 3, 10)
  expect(found.firstErrorRecall).toBeCloseTo(1 / 3, 10)
  expect(found.firstErrorF1).toBeCloseTo(1 / 3, 10)
  // Means of labels and scores; the scores of right steps add up to 1.8, those of wrong ones to -0.4.
  const [labels, scores] = [1 / 3, 1.4 / 9]
  const covariance = (1.8 + 0.4) / 9 - labels * scores
  const squares = (0.64 + 0.36 + 0.04 + 0.04 + 0.16 + 0.16 + 0.36 + 0.36) / 9
  const deviations = Math.sqrt((1 - labels ** 2) * (squares - scores ** 2))
  expect(found.correlation).toBeCloseTo(covariance / deviations, 6)
})

test('another threshold, and scores that are missing', () => {
  const found = judgeScores(
    [
      { labels_S: [true, false], scores_S: [0.75, 0.5] }, // exactly the threshold is wrong: found
      { labels_S: [true, true, false], scores_S: [0.75, null, 0.25] }, // what is after a gap is not named
    ],
    { threshold: 0.5 },
  )
  expect(found).toMatchObject({
    steps: 4,
    stepAccuracy: 1,
    firstErrorPrecision: 1,
    firstErrorRecall: 0.5,
  })
})

test('a judge without fault, and one that is always wrong', () => {
  const labels_S = [true, false]
  const perfect = judgeScores([{ labels_S, scores_S: f32(1, -1) }])
  expect(perfect).toEqual({
    steps: 2,
    stepAccuracy: 1,
    rightKept: 1,
    wrongFound: 1,
    firstErrorPrecision: 1,
    firstErrorRecall: 1,
    firstErrorF1: 1,
    correlation: 1,
  })
  const wrong = judgeScores([{ labels_S, scores_S: f32(-1, 1) }])
  expect(wrong).toMatchObject({ stepAccuracy: 0, firstErrorRecall: 0, correlation: -1 })
})

test('precision and recall part where errors are named that are not there', () => {
  const found = judgeScores([
    { labels_S: [false], scores_S: f32(-1) },
    { labels_S: [true], scores_S: f32(-1) },
    { labels_S: [true], scores_S: f32(-1) },
    { labels_S: [true], scores_S: f32(-1) },
  ])
  expect(found).toMatchObject({ firstErrorPrecision: 0.25, firstErrorRecall: 1 })
  expect(found.firstErrorF1).toBeCloseTo(0.4, 10) // 2 * 1/4 * 1 / (5/4)
})

test('shares of nothing are NaN, never 0', () => {
  const found = judgeScores([{ labels_S: [true, null], scores_S: f32(0.5, 0.5) }])
  expect(found).toMatchObject({ steps: 1, stepAccuracy: 1, rightKept: 1 })
  expect(found.wrongFound).toBeNaN()
  expect(found.firstErrorPrecision).toBeNaN()
  expect(found.firstErrorRecall).toBeNaN()
  expect(judgeScores([]).stepAccuracy).toBeNaN()
})

test('rollouts are labelled by the oracle and scored by the judge', async () => {
  const judge = toyJudge()
  // The classifier's features are rows of the table: the end token says right, the blank line wrong.
  const { values } = judge.table
  const size = tokenizer.vocabSize
  values.fill(0)
  values[1 * size] = 1
  values[2 * size] = -1
  values[size * size + size] = 5 // score.weight of class 1, first feature
  const written = (...steps: string[]): Rollout =>
    asRollout(textRollout('q0', steps, true, tokenizer))
  const oracle: StepOracle = (_, steps) => steps.map(step => ({ right: !step.includes('bad') }))
  const groups = [
    exampleGroup(written('bad', '\\boxed{0}'), written('\\boxed{0}')), // found; rightly left alone
    exampleGroup(written('good', '\\boxed{0}')), // named where there is nothing
  ]
  expect(await evaluatePrm(stepScores(judge), groups, oracle)).toMatchObject({
    steps: 4, // what follows the wrong step has no label
    stepAccuracy: 0.75,
    wrongFound: 1,
    firstErrorPrecision: 0.5,
    firstErrorRecall: 1,
  })
})
