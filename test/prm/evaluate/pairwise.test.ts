import { describe, expect, test } from 'vitest'
import type { Comparison } from '../../../src/numbers/bradley-terry.ts'
import { below, random } from '../../../src/numbers/random.ts'
import { eloOf, knockOut } from '../../../src/numbers/tournament.ts'
import { pairwiseQuality } from '../../../src/prm/evaluate/pairwise.ts'

/** What a judge says of every two of so many, in both places. */
function verdictsOf(n: number, judge: (first: number, second: number) => number): Comparison[] {
  const all = Array.from({ length: n }, (_, m) => m)
  return all.flatMap(first =>
    all.flatMap(second =>
      first === second ? [] : [{ first, second, outcome: judge(first, second) }],
    ),
  )
}

describe('tournaments', () => {
  test('Elo: 15 points of 30 between equals; 400 points are 10 to 1; points are moved, never made (arXiv:2502.19328)', () => {
    expect(eloOf(2, [{ first: 0, second: 1, outcome: 1 }])).toEqual([1515, 1485])
    const [strong, weak] = eloOf(2, [{ first: 0, second: 1, outcome: 1 }], { k: 400 })
    expect(strong! - weak!).toBe(400)
    const again = eloOf(
      2,
      [
        { first: 0, second: 1, outcome: 1 },
        { first: 1, second: 0, outcome: 0 },
      ],
      { k: 400 },
    )
    expect(again[0]! - strong!).toBeCloseTo(400 / 11, 9)
    const draw = random(4)
    for (let round = 0; round < 50; round++) {
      const n = 2 + below(draw, 6)
      const ratings = eloOf(
        n,
        verdictsOf(n, () => draw()),
      )
      expect(ratings.reduce((a, b) => a + b)).toBeCloseTo(1500 * n, 6)
    }
  })

  test('whoever beats all others wins, whatever the draw; among even ones everybody does at times', () => {
    const draw = random(5)
    for (let round = 0; round < 100; round++) {
      const [n, best] = [1 + below(draw, 9), 0]
      const beats = (a: number, b: number): number => (a === best ? 1 : b === best ? 0 : draw())
      expect(knockOut(n, beats, draw)).toBe(best)
    }
    const winners = Array.from({ length: 200 }, () => knockOut(3, () => null, draw))
    expect(new Set(winners).size).toBe(3)
  })
})

describe('two at a time (arXiv:2505.02387, arXiv:2410.01729)', () => {
  const right_N = [false, true, false, false]
  const shares = (found: ReturnType<typeof pairwiseQuality>) => found.winners.map(one => one.right)

  test('a judge that sees the right one says so in both places', () => {
    const verdicts = verdictsOf(4, (a, b) => (right_N[a] === right_N[b] ? 0.5 : Number(right_N[a])))
    const found = pairwiseQuality([{ right_N, verdicts }], { trials: 20 })
    expect(found).toMatchObject({ pairs: 3, right: 1, rightInBoth: 1, judged: 6, changed: 0 })
    expect(found).toMatchObject({ first: 0.5, missing: 0, problems: 1 })
    expect(shares(found)).toEqual([1, 1, 1])
  })

  test('one that goes by the place changes with it, and its winner is right by chance', () => {
    const verdicts = verdictsOf(4, () => 1)
    const found = pairwiseQuality([{ right_N, verdicts }], { trials: 2000, seed: 3 })
    expect(found).toMatchObject({ right: 0.5, rightInBoth: 0, changed: 1, first: 1 })
    const [out, strengths] = shares(found)
    expect(out).toBeCloseTo(0.25, 1)
    expect(strengths).toBe(0.25) // all are even
  })

  test('a judge whose verdict is right with chance 0.8: both places 0.64, changed 0.32', () => {
    const draw = random(6)
    const sets = Array.from({ length: 3000 }, () => {
      const verdicts = verdictsOf(2, a => Number(a === 0) ^ Number(draw() < 0.2))
      return { right_N: [true, false], verdicts }
    })
    const found = pairwiseQuality(sets, { trials: 1 })
    expect(found.right).toBeCloseTo(0.8, 1)
    expect(found.rightInBoth).toBeCloseTo(0.64, 1)
    expect(found.changed).toBeCloseTo(0.32, 1)
  })

  test('verdicts that did not come are counted and decide nothing', () => {
    const verdicts = [{ first: 0, second: 1, outcome: 0 }]
    const found = pairwiseQuality([{ right_N: [false, true], verdicts }])
    expect(found).toMatchObject({ pairs: 0, judged: 0, missing: 1, first: 0 })
    expect(found.right).toBeNaN()
    expect(shares(found)).toEqual([1, 1, 1])
    const none = pairwiseQuality([{ right_N: [true, true], verdicts: [] }])
    expect(none).toMatchObject({ missing: 2, problems: 0 })
    expect(shares(none).every(Number.isNaN)).toBe(true)
  })
})
