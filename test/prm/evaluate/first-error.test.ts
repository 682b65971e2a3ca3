import { describe, expect, test } from 'vitest'
import {
  firstErrorQuality,
  type Judged,
  namedFirst,
  qualityAt,
} from '../../../src/prm/evaluate/first-error.ts'
import { readLabelled } from '../../../src/prm/formats/read.ts'
import { firstBelow } from '../../../src/prm/solution.ts'
import { fixture } from '../formats/files.ts'

test.each([
  [[0.9, 0.4, 0.1], 1],
  [[0.9, 0.6], -1],
  [[0.9, 0.5], 1], // a right step is above the threshold
  [[0.4, null], 0],
  [[0.9, null, 0.1], null],
  [[0.9, null], null],
  [[], -1],
])('%j names %j at 0.5', (scores_S, named) => {
  expect(namedFirst(scores_S, 0.5)).toBe(named)
})

describe('F1 worked out by hand', () => {
  test('two of three errors and one of two right ones', () => {
    const found = firstErrorQuality([
      { first: 0, named: 0 },
      { first: 3, named: 3 },
      { first: 2, named: 1 }, // one beside is wrong
      { first: -1, named: -1 },
      { first: -1, named: 0 },
    ])
    expect(found).toMatchObject({ errors: 3, right: 2, unnamed: 0, rightAccuracy: 0.5 })
    expect(found.errorAccuracy).toBeCloseTo(2 / 3, 12)
    expect(found.f1).toBeCloseTo(4 / 7, 12) // 2 * 2/3 * 1/2 / (7/6)
  })

  test('no answer is a wrong one', () => {
    const found = firstErrorQuality([
      { first: 0, named: null },
      { first: -1, named: null },
    ])
    expect(found).toMatchObject({ unnamed: 2, errorAccuracy: 0, rightAccuracy: 0, f1: 0 })
  })

  test('one kind alone has no F1', () => {
    expect(firstErrorQuality([{ first: 0, named: 0 }]).f1).toBeNaN()
    expect(firstErrorQuality([]).errorAccuracy).toBeNaN()
  })
})

describe('judges of ProcessBench rows', async () => {
  const { solutions } = await readLabelled(fixture('processbench.json'))
  const judged = (judge: (s: number, first: number) => number): Judged[] =>
    solutions.map(({ labels_S }) => {
      const first = firstBelow(labels_S)
      return { first, scores_S: labels_S.map((_, s) => judge(s, first)) }
    })

  test('the oracle is perfect', () => {
    const oracle = judged((s, first) => Number(first < 0 || s < first))
    expect(qualityAt(oracle, 0.5)).toMatchObject({ errorAccuracy: 1, rightAccuracy: 1, f1: 1 })
  })

  test('one that likes everything, or nothing, has F1 0', () => {
    expect(
      qualityAt(
        judged(() => 1),
        0.5,
      ),
    ).toMatchObject({ rightAccuracy: 1, f1: 0 })
    // it names the first step, which is the wrong one of one of the two
    expect(
      qualityAt(
        judged(() => 0),
        0.5,
      ),
    ).toMatchObject({ errorAccuracy: 0.5, f1: 0 })
  })

  test('one that names the second step of all: half of the errors, none of the right', () => {
    const second = judged(s => Number(s !== 1))
    expect(qualityAt(second, 0.5)).toMatchObject({ errorAccuracy: 0.5, rightAccuracy: 0, f1: 0 })
    const third = judged(s => Number(s !== 2)) // only the solution of three steps has one
    expect(qualityAt(third, 0.5)).toMatchObject({ errorAccuracy: 0, rightAccuracy: 1, f1: 0 })
  })

  test('one that finds every error but suspects nothing else of right ones in half of them', () => {
    const pairs = [
      ...judged((s, first) => Number(first < 0 || s < first)),
      { first: -1, scores_S: [1, 0.2] },
    ]
    expect(qualityAt(pairs, 0.5).f1).toBeCloseTo(2 / 3, 12) // 2 * 1 * 1/2 / (3/2)
    expect(qualityAt(pairs, 0.1).f1).toBe(1)
  })
})
