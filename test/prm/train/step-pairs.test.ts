import { expect, test } from 'vitest'
import { stepPairsOf } from '../../../src/prm/train/step-pairs.ts'
import { labelled, view } from './views.ts'

const solutions = [
  labelled(['good', 'good', 'q1'], [1, 1, 1], { id: 'a' }),
  labelled(['good', 'bad', 'q2'], [1, 0, 1], { id: 'b' }),
  labelled(['good', 'q3'], [1, 0], { id: 'c' }),
  labelled(['bad', 'bad'], [0, null], { id: 'd' }),
  labelled(['good', 'bad', 'good'], [1, 0, null], { id: 'again b' }),
]

test('a right step is paired with wrong ones that stand behind the same steps (arXiv:2506.00396)', () => {
  const { examples, leftOut } = stepPairsOf(solutions, view)
  const read = examples.map(pair => pair.map(({ ids, at_S }) => [...ids, at_S[0]]))
  // good or bad at the beginning; good, or bad or q3, behind good: each text once
  expect(read).toEqual([
    [
      [5, 3, 2, 2],
      [5, 4, 2, 2],
    ],
    [
      [5, 3, 2, 3, 2, 4],
      [5, 3, 2, 4, 2, 4],
    ],
    [
      [5, 3, 2, 3, 2, 4],
      [5, 3, 2, 8, 1, 4],
    ],
  ])
  expect(examples.map(([right, wrong]) => [right.outcome, wrong.outcome])).toEqual([
    [1, 0],
    [1, 0],
    [1, 0],
  ])
  // q1 has no counterpart; of the last solution every step was there before
  expect(leftOut.map(({ count }) => count)).toEqual([1, 1])
})

test('labels of values count by the threshold, also behind a low one', () => {
  const values = [
    labelled(['bad', 'good'], [0.2, 0.9], { id: 'a', meaning: 'value' }),
    labelled(['bad', 'bad'], [0.2, 0.1], { id: 'b', meaning: 'value' }),
  ]
  const { examples } = stepPairsOf(values, view)
  expect(examples).toHaveLength(1)
  expect(examples[0]![0].at_S).toEqual([4])
})
