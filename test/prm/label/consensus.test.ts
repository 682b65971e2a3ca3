import { expect, test } from 'vitest'
import { consensus } from '../../../src/prm/label/consensus.ts'
import type { StepScores } from '../../../src/prm/score/step-scorer.ts'
import { endsRight, solutionOf, talk, workOf } from './by-hand.ts'

const one = solutionOf('s', [1, 2, 3], false)
const labeler = consensus({ completions: 2, seed: 1, judge: { threshold: 0.5 } })
/** Completions are right from the first step alone: its successor is the first error. */
const world = endsRight(p => (p.length === 1 ? 1 : 0))
const label = (scores: StepScores, solution = one) => {
  const said = talk(labeler.label(workOf(solution)), world, () => scores)
  return { ...said.value[0]!, rounds: said.rounds.length }
}

test('both name the same first error', () => {
  const { labelled, missing } = label([0.9, 0.2, 0.8])
  expect(labelled).toMatchObject({
    labels_S: [1, 0, null],
    meaning: 'rightness',
    source: 'consensus',
  })
  expect(missing).toBeNull()
})

test.each([
  { scores: [0.9, 0.8, 0.1], why: 'the judge names a later one' },
  { scores: [0.1, 0.8, 0.9], why: 'an earlier one' },
  { scores: [0.9, 0.9, 0.9], why: 'none' },
])('no labels where $why', ({ scores }) => {
  const { labelled, missing } = label(scores)
  expect([labelled.labels_S, missing]).toEqual([[null, null, null], 'disagreed'])
})

test('a score at the threshold is wrong', () => {
  expect(label([0.9, 0.5, 0.8]).missing).toBeNull()
})

test('no labels, and no rollouts, where the judge gave no score before its first error', () => {
  const { labelled, missing, rounds } = label([null, 0.2, 0.8])
  expect([labelled.labels_S, missing, rounds]).toEqual([[null, null, null], 'not-judged', 1])
  expect(label([0.9, 0.2, null]).missing).toBeNull() // what comes after it does not matter
})

test('both find nothing wrong', () => {
  const right = solutionOf('r', [1, 2], true)
  expect(label([0.9, 0.9], right).labelled.labels_S).toEqual([1, 1])
})
