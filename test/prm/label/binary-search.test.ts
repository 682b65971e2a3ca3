import fc from 'fast-check'
import { expect, test } from 'vitest'
import { binarySearch } from '../../../src/prm/label/binary-search.ts'
import { endsRight, rolloutsIn, solutionOf, talk, workOf } from './by-hand.ts'

const search = binarySearch({ completions: 3, seed: 1 })
const right = solutionOf('right', [90], true)

test('steps are right before the first error, wrong there and unknown after it', () => {
  const wrong = solutionOf('s', [1, 2, 3, 4, 5], false)
  // completions from the first two steps are right now and then
  const said = talk(
    search.label(workOf(wrong, right)),
    endsRight(p => (p.length <= 2 ? 1 : 0)),
  )
  expect(said.value[0]!.labelled).toMatchObject({
    labels_S: [1, 1, 0, null, null],
    meaning: 'rightness',
    source: 'binary-search',
  })
  expect(said.rounds).toEqual([[{ prefix: [1, 2], n: 3 }], [{ prefix: [1, 2, 3], n: 3 }]])
})

test('a right answer has right steps, without a completion', () => {
  const said = talk(
    search.label(workOf(solutionOf('s', [1, 2], true))),
    endsRight(() => 0),
  )
  expect([said.value[0]!.labelled.labels_S, said.rounds]).toEqual([[1, 1], []])
})

test('where no rollout of the problem is right, nobody knows where the error is', () => {
  const wrong = solutionOf('s', [1, 2, 3], false)
  const said = talk(
    search.label(workOf(wrong)),
    endsRight(() => 0),
  )
  expect(said.value[0]!.labelled.labels_S).toEqual([null, null, null])
  expect(said.value[0]!.missing).toBe('unsolved')
  expect(said.rounds).toEqual([[{ prefix: [], n: 3 }]]) // the problem itself
})

test('where solutions are all wrong but the problem is solved, the search goes on', () => {
  const wrong = solutionOf('s', [1, 2, 3], false)
  const said = talk(
    search.label(workOf(wrong)),
    endsRight(p => (p.length === 0 ? 1 : 0)),
  )
  expect(said.value[0]!.labelled.labels_S).toEqual([0, null, null])
})

test('any first error of any solution is found in ceil(log2 S) steps', () => {
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 70 })
        .chain(steps => fc.tuple(fc.constant(steps), fc.nat(steps - 1))),
      ([steps, first]) => {
        const tokens = Array.from({ length: steps }, (_, s) => s + 1)
        const work = workOf(solutionOf('s', tokens, false), right)
        const said = talk(
          search.label(work),
          endsRight(p => (p.length <= first ? 1 : 0)),
        )
        const { labels_S } = said.value[0]!.labelled
        expect(labels_S.indexOf(0)).toBe(first)
        expect(labels_S.slice(0, first).every(label => label === 1)).toBe(true)
        expect(labels_S.slice(first + 1).every(label => label === null)).toBe(true)
        expect(rolloutsIn(said)).toBeLessThanOrEqual(3 * Math.ceil(Math.log2(steps)))
      },
    ),
  )
})
