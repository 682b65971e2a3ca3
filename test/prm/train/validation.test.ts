import { expect, test } from 'vitest'
import type { StepScorer } from '../../../src/prm/score/step-scorer.ts'
import {
  chosenThreshold,
  type JudgedSteps,
  judgedSteps,
  validation,
} from '../../../src/prm/train/validation.ts'
import { labelled } from './views.ts'

const judged: readonly JudgedSteps[] = [
  { labels_S: [true, false, null], scores_S: [0.9, 0.2, 0.1] }, // found
  { labels_S: [true, true], scores_S: [0.7, 0.45] }, // named where there is none
  { labels_S: [false], scores_S: [0.5] }, // at the threshold is wrong
  { labels_S: [true, null], scores_S: [null, 0.9] }, // nobody answered
]

test('by a threshold, and as probabilities', () => {
  const found = validation(judged, 0.5, [0, 1])
  expect(found).toMatchObject({ steps: 5, stepAccuracy: 4 / 5, wrongFound: 1, threshold: 0.5 })
  expect(found.firstErrorPrecision).toBeCloseTo(2 / 3, 10)
  expect(found.firstErrorRecall).toBe(1)
  // bins 0.2-0.3, 0.4-0.5, 0.5-0.6, 0.7-0.8, 0.9-1: distances 0.2, 0.55, 0.5, 0.3, 0.1 of one step each
  expect(found.calibrationError).toBeCloseTo((0.2 + 0.55 + 0.5 + 0.3 + 0.1) / 5, 6)
})

test('scores of -1 to 1 are probabilities too, values are not', () => {
  const twice = judged.map(({ labels_S, scores_S }) => ({
    labels_S,
    scores_S: scores_S.map(score => (score === null ? null : 2 * score - 1)),
  }))
  const [one, other] = [validation(judged, 0.5, [0, 1]), validation(twice, 0, [-1, 1])]
  expect(other.calibrationError).toBeCloseTo(one.calibrationError, 10)
  expect(other.stepAccuracy).toBe(one.stepAccuracy)
  expect(validation(judged, 0.5, [-Infinity, Infinity]).calibrationError).toBeNaN()
})

test('a threshold is chosen where there is something to choose by', () => {
  const threshold = chosenThreshold(judged)!
  expect(threshold).toBeGreaterThanOrEqual(0.2)
  expect(threshold).toBeLessThan(0.45) // the second solution is judged as it is
  expect(chosenThreshold(judged.slice(0, 1))).toBeNull()
  expect(chosenThreshold([])).toBeNull()
  const rated = judged.map(one => ({ ...one, scores_S: [null, ...one.scores_S.slice(1)] }))
  expect(chosenThreshold(rated)).toBeNull() // no solution has all its scores
})

test('labels by the rule, scores by the scorer, in order', async () => {
  const scorer: StepScorer = {
    name: 'length',
    range: [-Infinity, Infinity],
    threshold: 0,
    aggregation: 'min',
    score: async solutions => solutions.map(({ steps }) => steps.map(text => text.length)),
    close: async () => {},
  }
  const solutions = [labelled(['good', 'bad', 'q1'], [1, 0.25, 1]), labelled(['q1'], [null])]
  expect(await judgedSteps(scorer, solutions, { mode: null, threshold: 0.5 })).toEqual([
    { labels_S: [true, false, null], scores_S: [4, 3, 2] },
    { labels_S: [null], scores_S: [2] },
  ])
})
