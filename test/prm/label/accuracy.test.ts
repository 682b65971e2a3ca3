import { expect, test } from 'vitest'
import { accuracyOf, emptyTally, sumOf, tallyOf } from '../../../src/prm/label/accuracy.ts'
import { type Labelled, withLabels } from '../../../src/prm/label/labeler.ts'
import type { StepOracle } from '../../../src/prm/label/labelled.ts'
import { byOracle } from '../../../src/prm/label/oracle.ts'
import { endsRight, solutionOf, talk, workOf } from './by-hand.ts'

/** Steps of a token above 9 are wrong; the last one has to be boxed, and no step here is. */
const oracle: StepOracle = (_, steps) => {
  const wrong = steps.findIndex(step => Number(step.split(' ')[1]) > 9)
  return steps.map((_, s) => ({
    right: wrong < 0 || s < wrong ? true : s === wrong ? false : null,
  }))
}
const label = (tokens: readonly number[], labels_S: readonly (number | null)[]): Labelled =>
  withLabels(solutionOf(tokens.join(), tokens, false), {
    name: 'by hand',
    meaning: 'value',
    labels_S,
  })

test('numbers worked out by hand', () => {
  const tally = tallyOf(
    [
      label([1, 20, 3], [1, 0, 0.5]), // the first error is named; what is after it is not known
      label([1, 2, 20], [0, 1, 0]), // it is named too early; one of three steps is right
      label([20, 1], [0.25, 0]), // it is named too late
      label([1, 20], [null, 0]), // one step has no label
      label([1, 20], [null, null]), // none has
    ],
    oracle,
  )
  expect(tally).toEqual({
    solutions: 4,
    known: 2 + 3 + 1 + 2,
    told: 2 + 3 + 1 + 1,
    agreed: 2 + 2 + 0 + 1,
    wrong: 4,
    named: 4,
    found: 2,
  })
  expect(accuracyOf(tally)).toEqual({
    solutions: 4,
    steps: 8,
    coverage: 7 / 8,
    stepAccuracy: 5 / 7,
    firstErrorPrecision: 0.5,
    firstErrorRecall: 0.5,
    firstErrorF1: 0.5,
  })
})

test('a label says right where it is above the threshold', () => {
  const one = [label([20, 1], [0.25, 0])]
  expect(tallyOf(one, oracle, { above: 0.25 })).toMatchObject({ agreed: 1, found: 1 })
  expect(tallyOf(one, oracle, { above: 0.2 })).toMatchObject({ agreed: 0, found: 0 })
})

test('counts add up', () => {
  const parts = [label([1, 20], [1, 0]), label([20], [1])].map(one => tallyOf([one], oracle))
  expect(sumOf(parts)).toEqual(tallyOf([label([1, 20], [1, 0]), label([20], [1])], oracle))
  expect(sumOf([])).toEqual(emptyTally)
  expect(accuracyOf(emptyTally).stepAccuracy).toBeNaN()
})

test('the labels of the oracle agree with it', () => {
  const work = workOf(solutionOf('a', [1, 20, 3], false), solutionOf('b', [20], false))
  const { value } = talk(
    byOracle(() => oracle).label(work),
    endsRight(() => 0),
  )
  expect(value.map(({ labelled }) => labelled.labels_S)).toEqual([[1, 0, null], [0]])
  const tally = tallyOf(value, oracle)
  expect([tally.agreed, tally.found]).toEqual([tally.known, tally.wrong])
})
