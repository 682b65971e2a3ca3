import { describe, expect, test } from 'vitest'
import { unbegun } from '../../src/rollouts/extend.ts'
import { particles } from '../../src/search/particles.ts'
import { expansionWidths, rebase } from '../../src/search/rebase.ts'
import { effectiveSize, resampled, softmax } from '../../src/search/resample.ts'
import { answered, found, treeWorld } from './by-hand.ts'

const begin = unbegun(Int32Array.of(0))
const last = (scores: readonly number[]): number => scores.at(-1)!

/** A tree in which every path has a token of its own, so that particles can be told apart. */
function apart(depth: number, scoreOf: (text: string) => number) {
  const tree = treeWorld(26, depth, scoreOf)
  let next = 0
  const extend: typeof tree.extend = asked =>
    tree
      .extend({ ...asked, n: 26 })
      .slice(next++ % 26)
      .slice(0, asked.n)
  return { ...tree, extend }
}

describe('draws', () => {
  test('numbers worked out by hand', () => {
    expect(softmax([Math.log(2), 0, 0]).map(x => Math.round(100 * x))).toEqual([50, 25, 25])
    expect(softmax([0, Number.NEGATIVE_INFINITY])).toEqual([1, 0])
    expect(resampled([0.5, 0.25, 0.25, 0], 4, 0.1)).toEqual([0, 0, 1, 2]) // .025 .275 .525 .775
    expect(resampled([0, 0.5, 0.5], 3, 0)).toEqual([1, 1, 2])
    expect(effectiveSize([0.25, 0.25, 0.25, 0.25])).toBe(4)
    expect(effectiveSize([1, 0, 0])).toBe(1)
  })

  test('equal weights draw every index once, whatever the chance', () => {
    for (const n of [1, 2, 3, 7, 64])
      for (const u of [0, 0.3, 0.999999])
        expect(resampled(new Array(n).fill(1 / n), n, u)).toEqual([...new Array(n).keys()])
  })
})

test('particles of equal scores are drawn evenly: all go on, as independent samples', () => {
  const { value, asks } = answered(
    particles({ n: 5 })(begin, 3),
    apart(4, () => 0.5),
  )
  expect(value).toHaveLength(5)
  const extended = asks.filter(ask => ask.kind === 'extend')
  for (const depth of [1, 2, 3]) {
    const parents = extended.filter(({ from }) => from.steps.length === depth)
    expect(new Set(parents.map(({ from }) => from.text)).size).toBe(5)
  }
})

test('a cold filter follows the best; a hot one keeps all', () => {
  const scoreOf = (text: string): number => (text.startsWith('a') ? 1 : 0)
  const firsts = (temperature: number) =>
    new Set(
      found(particles({ n: 6, temperature, worth: last }), apart(3, scoreOf)).map(
        ({ path }) => path.text[0],
      ),
    )
  expect(firsts(0.01)).toEqual(new Set(['a']))
  expect(firsts(1e6).size).toBe(6)
})

test('what has ended is drawn again, and goes on no further', () => {
  const tree = treeWorld(2, 3, text => (text === 'a' ? 1 : 0))
  const extend: typeof tree.extend = asked =>
    tree
      .extend({ ...asked, n: 2 })
      .slice(asked.seed % 2, (asked.seed % 2) + 1)
      .map(path => (path.text === 'a' ? { ...path, stop: 'stop' as const } : path))
  const { value, asks } = answered(particles({ n: 8, temperature: 0.05 })(begin, 1), {
    ...tree,
    extend,
  })
  expect(value.every(({ path }) => path.text === 'a')).toBe(true)
  expect(asks.filter(ask => ask.kind === 'extend')).toHaveLength(8)
})

test('annealing flattens early weights that rest on few, and those alone', () => {
  const scoreOf = (text: string): number => (text.startsWith('a') ? 1 : 0.4)
  const kinds = (until: number) => {
    const options = { n: 8, temperature: 0.05, worth: last, maxSteps: 4 }
    const all = found(particles({ ...options, anneal: { below: 0.5, until } }), apart(2, scoreOf))
    return new Set(all.map(({ path }) => path.text[0])).size
  }
  expect(kinds(0)).toBe(1) // never: e^12 to 1
  expect(kinds(0.5)).toBeGreaterThan(1)
})

test('particle Gibbs keeps its reference, and draws the others around it', () => {
  const { value, asks } = answered(
    particles({ n: 4, sweeps: 3 })(begin, 5),
    apart(3, () => 0.5),
  )
  expect(value).toHaveLength(4)
  const begun = asks.filter(ask => ask.kind === 'extend' && ask.from.ids.length === 0)
  expect(begun).toHaveLength(4 + 3 + 3) // n, then n - 1 of each sweep
  // with a reference alone the answer never changes
  const one = (sweeps: number) =>
    found(
      particles({ n: 1, sweeps }),
      treeWorld(1, 3, () => 1),
      2,
    )
  expect(one(4)).toEqual(one(1))
})

describe('REBASE', () => {
  test('equation 1, by hand', () => {
    const scores = [Math.log(4), Math.log(2), 0, 0].map(x => 0.1 * x) // shares 4/8, 2/8, 1/8, 1/8
    expect(expansionWidths(scores, 8, 0.1)).toEqual([4, 2, 1, 1])
    expect(expansionWidths(scores, 3, 0.1)).toEqual([2, 1, 0, 0])
    expect(expansionWidths([0, 0, 0], 1, 0.1)).toEqual([1, 0, 0]) // 1/3 each would be none at all
    expect(expansionWidths([Number.NEGATIVE_INFINITY, 1], 4, 0.1)).toEqual([0, 4])
    expect(expansionWidths(new Array(2).fill(Number.NEGATIVE_INFINITY), 4, 0.1)).toEqual([2, 2])
  })

  test('answers are taken from the budget; what is left goes on', () => {
    const tree = treeWorld(4, 2, text => (text.startsWith('b') ? 1 : 0))
    const extend: typeof tree.extend = asked =>
      tree
        .extend(asked)
        .map(path => (path.text === 'a' ? { ...path, stop: 'stop' as const } : path))
    const { value, asks } = answered(
      rebase({ n: 4, temperature: 0.01, choice: 'best' })(begin, 1),
      {
        ...tree,
        extend,
      },
    )
    expect(asks.flatMap(ask => (ask.kind === 'extend' ? [[ask.from.text, ask.n]] : []))).toEqual([
      ['', 4],
      ['b', 3],
    ])
    expect(value.map(({ path }) => path.text.replaceAll('\n\n', '')).sort()).toEqual([
      'a',
      'ba',
      'bb',
      'bc',
    ])
  })

  test('ends at maxSteps with whole answers', () => {
    const all = found(
      rebase({ n: 4, maxSteps: 1 }),
      treeWorld(4, 5, () => 1),
    )
    expect(all).toHaveLength(4)
    expect(all.every(({ path }) => path.stop === 'stop')).toBe(true)
  })
})
