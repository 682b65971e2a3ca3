import { expect, test } from 'vitest'
import {
  binsOf,
  canariesOf,
  checkOf,
  type DisputeKind,
  disputesOf,
  judgedOf,
  readingOrder,
  someOf,
} from '../../page/judge.ts'
import type { IterationAnswer, RolloutBrief, RunAnswer } from '../../src/view/api.ts'

function iterationOf(
  iteration: number,
  found: readonly [number | null, number | null][],
): IterationAnswer {
  const rollouts = found.map(
    ([outcome, worst], rollout) => ({ rollout, outcome, worst, disputed: null }) as RolloutBrief,
  )
  return { iteration, groups: [{ group: 0, problem: 'p', prompt: 'p', answer: null, rollouts }] }
}

test('iterations are chosen evenly, the first and the last among them', () => {
  expect(someOf([1, 2, 3], 5)).toEqual([1, 2, 3])
  expect(someOf([1, 2, 3, 4, 5, 6, 7, 8, 9], 3)).toEqual([1, 5, 9])
  expect(someOf([4], 3)).toEqual([4])
  expect(someOf([], 3)).toEqual([])
})

test('graded rollouts are counted by their worst step', () => {
  const one = iterationOf(1, [
    [1, 1],
    [0, 0.95],
    [1, -1],
    [null, 0.9],
    [1, null],
    [0, 0],
  ])
  const bins = binsOf([judgedOf(one)])
  expect(binsOf([judgedOf(one), judgedOf(one)])[9]).toMatchObject({ graded: 4, right: 2 })
  expect(bins.length).toBe(10)
  expect(bins[9]).toEqual({ from: 0.8, to: 1, graded: 2, right: 1 })
  expect(bins[0]).toMatchObject({ graded: 1, right: 1 })
  expect(bins[5]).toMatchObject({ graded: 1, right: 0 })
  expect(bins.reduce((sum, { graded }) => sum + graded, 0)).toBe(4)
})

test('wrong answers that are believed and right ones that are doubted, the worst first', () => {
  const answers = [
    iterationOf(1, [
      [0, 0.2],
      [1, -0.4],
      [1, 0.9],
    ]),
    iterationOf(2, [
      [0, 0.8],
      [0, -1],
    ]),
  ]
  const places = (kind: DisputeKind) =>
    disputesOf(answers.map(judgedOf), kind).map(({ place }) => [place.iteration, place.rollout])
  expect(places('believed')).toEqual([
    [2, 0],
    [1, 0],
  ])
  expect(places('doubted')).toEqual([[1, 1]])
})

test('steps that the oracle sees otherwise lead to their first tokens, the surest first', () => {
  const one = iterationOf(3, [
    [0, 0.2],
    [1, -0.4],
  ])
  const [group] = one.groups
  const steps = [
    { step: 1, token: 7, score: 0.4, right: false },
    { step: 0, token: 0, score: -0.9, right: true },
  ]
  const rollouts = group!.rollouts.map((own, g) => ({ ...own, disputed: steps[g]! }))
  const judged = [judgedOf({ ...one, groups: [{ ...group!, rollouts }] })]
  expect(disputesOf(judged, 'stepsBelieved')).toEqual([
    { place: { iteration: 3, group: 0, rollout: 0, token: 7 }, score: 0.4, prompt: 'p' },
  ])
  expect(disputesOf(judged, 'stepsDoubted')).toMatchObject([{ place: { rollout: 1, token: 0 } }])
})

test('iterations are read evenly, and all of them in the end', () => {
  const all = Array.from({ length: 9 }, (_, i) => i + 1)
  const order = readingOrder(all, 3)
  expect(order.slice(0, 3)).toEqual([1, 5, 9])
  expect([...order].sort()).toEqual(all)
  expect(readingOrder([], 3)).toEqual([])
})

test('a log that holds other things than expected has no check and no canaries', () => {
  const event = {
    time: '',
    level: 'info',
    event: 'canaries',
    iteration: null,
    address: null,
  } as const
  const run = { events: [{ ...event, fields: { rows: 'none' } }] } as unknown as RunAnswer
  expect(canariesOf(run)).toEqual([])
  expect(checkOf(run)).toBeNull()
})
