import { expect, test } from 'vitest'
import {
  clustersOf,
  cosineOf,
  countsOf,
  weightedWords,
  wordsOf,
} from '../../src/numbers/likeness.ts'
import { random } from '../../src/numbers/random.ts'

test('words are counted, and texts are alike by those that they share', () => {
  expect([...countsOf(wordsOf('Is it? It is, it IS so.'))]).toEqual([
    ['is', 3],
    ['it', 3],
    ['so', 1],
  ])
  const of = (text: string) => countsOf(wordsOf(text))
  expect(cosineOf(of('a b'), of('b a'))).toBeCloseTo(1, 12)
  expect(cosineOf(of('a b'), of('a c'))).toBeCloseTo(0.5, 12)
  expect(cosineOf(of('a'), of(''))).toBe(0)
  const [sum, unit] = weightedWords(['the sum', 'the unit'])
  expect(sum!.get('sum')! / sum!.get('the')!).toBeCloseTo(Math.log(3) / Math.log(2), 12)
  expect(cosineOf(sum!, unit!)).toBeLessThan(0.5)
})

test('by hand: 0 and 1 are one, 2 joins them only where their mean likeness does', () => {
  const table = [
    [1, 0.9, 0.1],
    [0.9, 1, 0.5],
    [0.1, 0.5, 1],
  ]
  const alike = (a: number, b: number) => table[a]![b]!
  expect(clustersOf(3, alike, 0.95)).toEqual([[0], [1], [2]])
  expect(clustersOf(3, alike, 0.31)).toEqual([[0, 1], [2]])
  expect(clustersOf(3, alike, 0.3)).toEqual([[0, 1, 2]])
  expect(clustersOf(0, alike, 0)).toEqual([])
})

test('clusters part all members, and no two are alike enough to be one', () => {
  const draw = random(6)
  for (let round = 0; round < 50; round++) {
    const [count, least] = [9, draw()]
    const table = Array.from({ length: count }, () => Array.from({ length: count }, draw))
    const alike = (a: number, b: number) => table[Math.min(a, b)]![Math.max(a, b)]!
    const found = clustersOf(count, alike, least)
    expect(found.flat().sort((a, b) => a - b)).toEqual([...Array(count).keys()])
    for (const [a, one] of found.entries())
      for (const other of found.slice(a + 1)) {
        const links = one.flatMap(i => other.map(j => alike(i, j)))
        expect(links.reduce((x, y) => x + y, 0) / links.length).toBeLessThan(least)
      }
  }
})
