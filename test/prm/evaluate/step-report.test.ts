import { describe, expect, test } from 'vitest'
import {
  isDecided,
  type ScoredSolution,
  stepReport,
  subsetsReport,
} from '../../../src/prm/evaluate/step-report.ts'
import { asProblem } from '../../../src/prm/formats/format.ts'

function scored(
  labels_S: (number | null)[],
  scores_S: (number | null)[],
  kind: string | null = null,
): ScoredSolution {
  const id = JSON.stringify([labels_S, scores_S])
  const steps = labels_S.map((_, s) => `step ${s}`)
  const more = { meaning: 'rightness', answerRight: null, source: 'test', kind } as const
  return { solution: { id, problem: asProblem(id, 'q'), steps, labels_S, ...more }, scores_S }
}

const unit = { threshold: 0.5, range: [0, 1] } as const

test('worked out by hand', () => {
  const report = stepReport(
    [
      scored([1, 0, null], [0.9, 0.2, 0.1]), // found
      scored([1, 1], [0.8, 0.6]), // rightly left alone
      scored([1, 0.25], [0.4, 0.3]), // named a step too early
      scored([1, null], [0.7, 0.7]), // unknown, so that nobody knows whether there is an error
      scored([1, 1], [0.8, null]),
    ],
    unit,
    { bins: 2 },
  )
  expect(report).toMatchObject({ solutions: 5, missing: 1, undecided: 1 })
  // 8 scored labels: right 0.9 0.8 0.6 0.4 0.7 0.8, wrong 0.2 0.3
  expect(report.steps).toMatchObject({ steps: 8, stepAccuracy: 7 / 8, wrongFound: 1 })
  expect(report.firstErrors).toMatchObject({
    errors: 2,
    right: 2,
    unnamed: 1,
    errorAccuracy: 0.5,
    rightAccuracy: 0.5,
    f1: 0.5,
  })
  expect(report.stepAuc).toBe(1)
  // lowest scores: 0.6 without an error, 0.1 and 0.3 with one
  expect(report.solutionAuc).toBe(1)
  // below 0.5: scores 0.2 0.4 0.3, labels 0 1 0.25; above: 0.9 0.8 0.6 0.7 0.8, all right
  const [low, high] = [Math.abs(0.3 - 1.25 / 3), Math.abs(3.8 / 5 - 1)]
  expect(report.calibration!.error).toBeCloseTo((3 * low + 5 * high) / 8, 12)
})

test('scores of PURE are shares of their range, and scores without a range have no calibration', () => {
  const pairs = [scored([1, 0], [0.5, -1])]
  const report = stepReport(pairs, { threshold: 0, range: [-1, 1] })
  expect(report.calibration!.brier).toBeCloseTo((0.25 ** 2 + 0) / 2, 12)
  const open = stepReport(pairs, { threshold: 0, range: [-Infinity, Infinity] })
  expect(open.calibration).toBeNull()
  expect(open.steps.stepAccuracy).toBe(1)
})

test.each([
  [[1, 1], true],
  [[1, 0, null], true],
  [[1, null], false],
  [[null, 0], false],
  [[null], false],
])('labels %j say where the first error is: %s', (labels_S, decided) => {
  expect(isDecided(scored(labels_S, []))).toBe(decided)
})

describe('subsets', () => {
  const all = [
    scored([0], [0.1], 'gsm8k'),
    scored([1], [0.9], 'gsm8k'),
    scored([0], [0.1], 'math'),
    scored([1], [0.1], 'math'),
    scored([1], [0.9], 'math'),
    scored([1, 0], [0.9, 0.2], 'math'),
  ]

  test('the average is over subsets, not solutions', () => {
    const { subsets, averageF1, averageF1OfOthers } = subsetsReport(all, 0.5, null)
    expect(subsets.map(({ name, chosen, quality }) => [name, chosen, quality.f1])).toEqual([
      ['gsm8k', false, 1],
      ['math', false, 2 / 3], // both errors, half of the right ones
    ])
    expect(averageF1).toBeCloseTo(5 / 6, 12)
    expect(averageF1OfOthers).toBeNull()
  })

  test('where the threshold was chosen on one, the average of the others stands beside it', () => {
    const { subsets, averageF1OfOthers } = subsetsReport(all, 0.5, 'gsm8k')
    expect(subsets.map(({ chosen }) => chosen)).toEqual([true, false])
    expect(averageF1OfOthers).toBeCloseTo(2 / 3, 12)
  })
})
