import { expect, test } from 'vitest'
import { confidentMistakes } from '../../../src/prm/label/confident-mistakes.ts'
import type { GradedSolution } from '../../../src/prm/label/labeler.ts'
import { problem, solutionOf, workOf } from './by-hand.ts'

const shown = { ...problem, solution: ['step 1', 'step 2', 'step 3'] }

/** The labels of one solution, whose tokens are as likely as `chances`, and why there are none. */
function labelsOf(one: GradedSolution, chances: readonly number[] | null, of = shown) {
  const logprobs_T = chances === null ? null : Float32Array.from(chances, Math.log)
  const work = { ...workOf({ ...one, logprobs_T }), problem: of }
  const { done, value } = confidentMistakes({ sure: 0.5 }).label(work).next()
  if (!done) throw new Error('it asks')
  const [{ labelled, missing }] = value as [(typeof value)[number]]
  return [labelled.labels_S, missing]
}

test('where a wrong solution departs and the policy was sure, it is wrong (arXiv:2505.21496, section 3.2)', () => {
  const wrong = solutionOf('s', [1, 7, 3], false)
  expect(labelsOf(wrong, [0.1, 0.6, 0.1])).toEqual([[1, 0, null], null])
  expect(labelsOf(wrong, [0.9, 0.4, 0.9])).toEqual([[null, null, null], 'not-confident'])
  expect(labelsOf(wrong, [0.9, 0.5000001, 0.9])).toEqual([[1, 0, null], null])
})

test('a right solution is right, whatever way it goes; what is not known is said', () => {
  expect(labelsOf(solutionOf('s', [7, 8], true), [0.9, 0.9])).toEqual([[1, 1], null])
  expect(labelsOf(solutionOf('s', [1, 2], false), [0.9, 0.9])).toEqual([
    [null, null],
    'no-departure',
  ])
  expect(labelsOf(solutionOf('s', [7], false), null)).toEqual([[null], 'no-logprobs'])
  const bare = { ...shown, solution: null as never }
  expect(labelsOf(solutionOf('s', [7], false), [0.9], bare)).toEqual([[null], 'no-solution'])
})
