import { expect, test } from 'vitest'
import type { GradedSolution } from '../../../src/prm/label/labeler.ts'
import { monteCarlo, valueOfProblem } from '../../../src/prm/label/monte-carlo.ts'
import { endsRight, rolloutsIn, solutionOf, talk, workOf } from './by-hand.ts'

const one = solutionOf('s', [1, 2, 3, 4], false)
/** Of four completions from step 1, 2 and 3 so many are right. */
const world = endsRight(prefix => [3, 0, 1][prefix.length - 1]!)

test('hard: whether a completion from the end of a step is right; the last step is what the answer is', () => {
  const said = talk(monteCarlo({ completions: 4, seed: 1 }).label(workOf(one)), world)
  const { labelled } = said.value[0]!
  expect(labelled.labels_S).toEqual([1, 0, 1, 0])
  expect(labelled).toMatchObject({
    id: 's',
    meaning: 'value',
    answerRight: false,
    source: 'monte-carlo',
  })
  expect(rolloutsIn(said)).toBe(12)
})

test('soft: the share of them', () => {
  const soft = monteCarlo({ completions: 4, seed: 1, labels: 'soft' })
  const said = talk(soft.label(workOf(one)), world)
  expect(said.value[0]!.labelled.labels_S).toEqual([0.75, 0, 0.25, 0])
  expect(said.value[0]!.labelled.source).toBe('monte-carlo-soft')
})

test('all steps of all solutions are asked for at once', () => {
  const other = solutionOf('t', [5, 6], true)
  const said = talk(monteCarlo({ completions: 2, seed: 1 }).label(workOf(one, other)), world)
  expect(said.rounds).toEqual([
    [
      { prefix: [1], n: 2 },
      { prefix: [1, 2], n: 2 },
      { prefix: [1, 2, 3], n: 2 },
      { prefix: [5], n: 2 },
    ],
  ])
  expect(said.value.map(({ labelled }) => labelled.labels_S)).toEqual([
    [1, 0, 1, 0],
    [1, 1],
  ])
})

test('with stopAtFirst nothing is asked, or labelled, after the first step without a right completion', () => {
  const stops = monteCarlo({ completions: 4, seed: 1, stopAtFirst: true })
  const said = talk(stops.label(workOf(one)), world)
  expect(said.value[0]!.labelled.labels_S).toEqual([1, 0, null, null])
  expect(rolloutsIn(said)).toBe(8)
  const right = talk(stops.label(workOf(solutionOf('r', [1, 2], true))), world)
  expect(right.value[0]!.labelled.labels_S).toEqual([1, 1])
})

test('with trustAnswers the steps of a right answer are right', () => {
  const trusts = monteCarlo({ completions: 2, seed: 1, trustAnswers: true })
  const said = talk(trusts.label(workOf(one, solutionOf('t', [5, 6, 7], true))), world)
  expect(said.value[1]!.labelled.labels_S).toEqual([1, 1, 1])
  expect(rolloutsIn(said)).toBe(6)
})

test('a solution of one step needs no completions', () => {
  const single = solutionOf('s', [1], true)
  const said = talk(monteCarlo({ completions: 4, seed: 1 }).label(workOf(single)), world)
  expect(said.value[0]!.labelled.labels_S).toEqual([1])
  expect(said.rounds).toEqual([])
})

test('seeds are those of the solution and the step, whatever it is labelled with', () => {
  const label = (...solutions: readonly GradedSolution[]) =>
    talk(monteCarlo({ completions: 1, seed: 1 }).label(workOf(...solutions)), world).seeds
  const alone = label(one)
  expect(new Set(alone).size).toBe(3)
  expect(label(solutionOf('t', [5, 6], true), one).slice(1)).toEqual(alone)
  expect(label(solutionOf('other', [1, 2, 3, 4], false))).not.toEqual(alone)
})

test('the value of a problem is that of its solutions, and of as many more as are wanted', () => {
  const work = workOf(one, solutionOf('t', [5], true))
  const none = talk(valueOfProblem(work, 2, 1), world)
  expect([none.value, none.rounds]).toEqual([{ right: 1, n: 2 }, []])
  const more = talk(
    valueOfProblem(work, 5, 1),
    endsRight(() => 2),
  )
  expect(more.value).toEqual({ right: 3, n: 5 })
  expect(more.rounds).toEqual([[{ prefix: [], n: 3 }]])
})
