import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import { bestOfN } from '../../src/search/best-of-n.ts'
import { majority } from '../../src/search/majority.ts'
import type { Search } from '../../src/search/search.ts'
import { weightedBestOfN } from '../../src/search/weighted-best-of-n.ts'
import { found, pathOf } from './by-hand.ts'

/** An answer that the policy gives: how often, whether it is right, and what the judge says of it. */
interface Kind {
  readonly chance: number
  readonly right: boolean
  readonly score: number
}

/** The exact chance that a search of n answers chooses a right one: every way in which n answers can come. */
function accuracy(search: Search, n: number, kinds: readonly Kind[]): number {
  let total = 0
  for (let code = 0; code < kinds.length ** n; code++) {
    const drawn = Array.from({ length: n }, (_, i) => {
      return Math.floor(code / kinds.length ** i) % kinds.length
    })
    const [first] = found(search, {
      extend: () => drawn.map(kind => pathOf([String(kind)], 'stop')),
      score: ({ text }) => [kinds[Number(text)]!.score],
      same: texts => texts.map(Number),
    })
    const chance = drawn.reduce((product, kind) => product * kinds[kind]!.chance, 1)
    total += chance * Number(kinds[Number(first!.path.text)]!.right)
  }
  return total
}

const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k)

describe('in closed form', () => {
  const p = 0.3
  const perfect = [
    { chance: p, right: true, score: 1 },
    { chance: 1 - p, right: false, score: 0 },
  ]

  test.each([1, 2, 3, 8])('best of %d with a perfect judge is right with 1 - (1 - p)^n', n => {
    expect(accuracy(bestOfN({ n }), n, perfect)).toBeCloseTo(1 - (1 - p) ** n, 12)
  })

  test.each([1, 3, 5, 9])('a majority of %d is right with the binomial sum', n => {
    const sum = Array.from({ length: n + 1 }, (_, k) => k).filter(k => 2 * k > n)
    const expected = sum.reduce((all, k) => all + choose(n, k) * p ** k * (1 - p) ** (n - k), 0)
    expect(accuracy(majority({ n }), n, perfect)).toBeCloseTo(expected, 12)
  })

  test('with a judge that loves a rare wrong answer best of n rises and then falls', () => {
    const [right, loved] = [0.3, 0.15]
    const noisy = [
      { chance: right, right: true, score: 0.8 },
      { chance: 1 - right - loved, right: false, score: 0.2 },
      { chance: loved, right: false, score: 0.9 },
    ]
    const sizes = [1, 2, 3, 4, 6]
    const shares = sizes.map(n => accuracy(bestOfN({ n }), n, noisy))
    sizes.forEach((n, i) => {
      // some right answer, and none that is loved
      expect(shares[i]).toBeCloseTo((1 - loved) ** n - (1 - loved - right) ** n, 12)
    })
    const top = shares.indexOf(Math.max(...shares))
    expect(sizes[top]).toBe(3)
    shares.slice(1).forEach((share, i) => {
      expect(share > shares[i]!).toBe(i < top)
    })
  })
})

test('a weighted vote adds the scores of an answer, a plain one counts, the best looks at one', () => {
  const texts = ['a', 'a', 'b', 'c', 'c', 'c']
  const scores = [0.5, 0.5, 0.9, 0.1, 0.1, 0.1]
  const world = {
    extend: () => texts.map((text, i) => pathOf([text], 'stop', [i])),
    score: ({ ids }: { ids: Int32Array }) => [scores[ids[0]!]!],
    same: (all: readonly string[]) => all.map(text => 'abc'.indexOf(text)),
  }
  const first = (search: Search) => found(search, world)[0]!
  expect(first(bestOfN({ n: 6 }))).toMatchObject({ path: { text: 'b' }, score: 0.9 })
  expect(first(weightedBestOfN({ n: 6 }))).toMatchObject({ path: { text: 'a' } })
  expect(first(weightedBestOfN({ n: 6 })).score).toBeCloseTo(1 / 2.2, 12)
  expect(first(majority({ n: 6 }))).toMatchObject({ path: { text: 'c' }, score: 0.5 })
})

test('scores below 0 are counted from the lowest; no answer is no vote; without any the best is taken', () => {
  const search = weightedBestOfN({ n: 3 })
  const world = (scores: readonly number[], classes: readonly (number | null)[]) => ({
    extend: () => ['a', 'b', 'c'].map((text, i) => pathOf([text], 'stop', [i])),
    score: ({ ids }: { ids: Int32Array }) => [scores[ids[0]!]!],
    same: (texts: readonly string[]) => texts.map(text => classes['abc'.indexOf(text)]!),
  })
  // 0, 0.5 and 0.6 of the answers 0, 0 and 1
  expect(found(search, world([-1, -0.5, -0.4], [0, 0, 1]))[0]!.path.text).toBe('c')
  expect(found(search, world([0.9, 0.1, 0.2], [null, 0, 0]))[0]!.path.text).toBe('c')
  expect(found(search, world([0.1, 0.9, 0.2], [null, null, null]))[0]!.path.text).toBe('b')
})

test('what the judge says nothing of comes last and has no score', () => {
  const world = {
    extend: () => ['a', 'b'].map((text, i) => pathOf([text], 'stop', [i])),
    score: ({ text }: { text: string }) => [text === 'a' ? null : -5],
  }
  const all = found(bestOfN({ n: 2 }), world)
  expect(all.map(({ path, score }) => [path.text, score])).toEqual([
    ['b', -5],
    ['a', null],
  ])
})

test.each([0, 1.5, -2, Number.NaN])('n = %d is refused by name', n => {
  for (const search of [bestOfN, majority, weightedBestOfN]) {
    expect(() => search({ n })).toThrow(ConfigError)
    expect(() => search({ n })).toThrow(`n is ${n}; expected a whole number from 1`)
  }
})
