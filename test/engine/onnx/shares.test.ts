import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dealCompletions, dealSequences } from '../../../src/engine/onnx/shares.ts'

const parameters = 5e5 // then 500 tokens are worth a lane

/** Sequences of these lengths that have nothing in common; null is not read. */
const apart = (...lengths: (number | null)[]): (Int32Array | null)[] =>
  lengths.map((length, i) => length && Int32Array.from({ length }, () => i)).map(x => x || null)

test('sequences: longest first to the lane that has least, each lane in their order', () => {
  const sequences = apart(100, 900, 300, 700, 500, 400)
  expect(dealSequences(sequences, { lanes: 2, parameters })).toEqual([
    [0, 1, 5], // 900 400 100
    [2, 3, 4], // 700 500 300
  ])
})

test('few tokens, or few sequences, ask fewer lanes', () => {
  expect(dealSequences(apart(499, 500), { lanes: 2, parameters })).toEqual([[0, 1]])
  expect(dealSequences(apart(499, 500), { lanes: 2, parameters: 6e5 })).toEqual([[1], [0]])
  expect(dealSequences(apart(500, 500), { lanes: 4, parameters })).toEqual([[0], [1]])
  expect(dealSequences(apart(9000), { lanes: 4, parameters })).toEqual([[0]])
  expect(dealSequences([], { lanes: 4, parameters })).toEqual([[]])
  expect(dealSequences([Int32Array.of()], { lanes: 4, parameters })).toEqual([[0]])
  const unread = apart(null, null, 5000)
  expect(dealSequences(unread, { lanes: 2, parameters })).toEqual([[2], [0, 1]])
})

test('sequences that begin alike stay together, unless a lane would have much more to do', () => {
  const begins = (first: number, length: number, last: number): Int32Array =>
    Int32Array.from({ length }, (_, t) => (t < length - 100 ? first : last))
  const two = [1, 2].flatMap(first => [7, 8, 9].map(last => begins(first, 600, last)))
  const mixed = [0, 3, 1, 4, 2, 5].map(i => two[i]!)
  expect(dealSequences(mixed, { lanes: 2, parameters })).toEqual([
    [0, 2, 4],
    [1, 3, 5],
  ])
  const one = [1, 2, 3, 4].map(last => begins(1, 2000, last))
  expect(dealSequences(one, { lanes: 2, parameters })).toEqual([
    [0, 1],
    [2, 3],
  ])
})

test('every sequence has one lane, and no lane has a sequence more to read than another', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.integer({ min: 1, max: 600 })), { maxLength: 60 }),
      fc.integer({ min: 1, max: 8 }),
      (sizes, lanes) => {
        const shares = dealSequences(apart(...sizes), { lanes, parameters })
        expect(shares.flat().sort((a, b) => a - b)).toEqual([...sizes.keys()])
        const sums = shares.map(share => share.reduce((sum, i) => sum + (sizes[i] ?? 0), 0))
        const longest = Math.max(0, ...sizes.map(size => size ?? 0))
        expect(Math.max(...sums) - Math.min(...sums)).toBeLessThanOrEqual(longest)
      },
    ),
  )
})

const ids = Int32Array.of(1)

test('completions: a request is divided where a share ends', () => {
  const requests = [
    { ids, n: 3, seed: 7 },
    { ids, n: 6, seed: 8 },
    { ids, n: 1, seed: 9 },
  ]
  expect(dealCompletions(requests, 400, { lanes: 2, parameters })).toEqual([
    {
      requests: [0, 1],
      spans: [
        { ids, n: 3, seed: 7, first: 0 },
        { ids, n: 2, seed: 8, first: 0 },
      ],
    },
    {
      requests: [1, 2],
      spans: [
        { ids, n: 4, seed: 8, first: 2 },
        { ids, n: 1, seed: 9, first: 0 },
      ],
    },
  ])
  expect(dealCompletions(requests, 99, { lanes: 2, parameters })).toHaveLength(1) // 990 tokens
  expect(dealCompletions([{ ids, n: 7, seed: 1 }], 9999, { lanes: 2, parameters })).toHaveLength(1)
  expect(dealCompletions([], 9999, { lanes: 2, parameters })).toEqual([{ spans: [], requests: [] }])
})

test('every completion is in one share, and shares differ by one at most', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 8 }),
      (counts, lanes) => {
        const requests = counts.map((n, seed) => ({ ids, n, seed }))
        const shares = dealCompletions(requests, 512, { lanes, parameters })
        const drawn = shares.flatMap(({ spans }) =>
          spans.flatMap(({ seed, n, first = 0 }) =>
            Array.from({ length: n }, (_, i) => [seed, first + i]),
          ),
        )
        expect(drawn).toEqual(
          counts.flatMap((n, seed) => Array.from({ length: n }, (_, i) => [seed, i])),
        )
        for (const { spans, requests: owners } of shares) {
          expect(owners).toEqual(spans.map(({ seed }) => seed))
        }
        const sizes = shares.map(({ spans }) => spans.reduce((sum, { n }) => sum + n, 0))
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      },
    ),
  )
})
