import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freshConfig } from '../../../src/engine/hf/config.ts'
import { Cache, cacheBytes, type PromptCache } from '../../../src/engine/onnx/cache.ts'
import { masked } from '../../../src/engine/onnx/tables.ts'

const config = freshConfig({
  architecture: 'qwen2',
  vocabSize: 10,
  hiddenSize: 8,
  intermediateSize: 8,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  maxPositions: 256,
  eosIds: [],
})
const { layers, kvHeads, headDim } = config
const vector = kvHeads * headDim

/** One token's keys and values, a layer each, of all heads. */
interface Token {
  readonly keys: readonly number[][]
  readonly values: readonly number[][]
}

/** Tokens whose numbers are all different. */
function source(): () => Token {
  let count = 0
  const numbers = () =>
    Array.from({ length: layers }, () => Array.from({ length: vector }, () => ++count))
  return () => ({ keys: numbers(), values: numbers() })
}

/** Rows of tokens as a prompt graph returns them, padded with -1. */
function prompts(rows: readonly (readonly Token[])[], length: number): PromptCache[] {
  const lay = (of: 'keys' | 'values', layer: number): Float32Array => {
    const out = new Float32Array(rows.length * length * vector).fill(-1)
    rows.forEach((tokens, row) => {
      tokens.forEach((token, t) => {
        token[of][layer]!.forEach((x, i) => {
          const [head, d] = [Math.floor(i / headDim), i % headDim]
          out[((row * kvHeads + head) * length + t) * headDim + d] = x
        })
      })
    })
    return out
  }
  const all = Array.from({ length: layers }, (_, layer) => layer)
  const keys = all.map(layer => lay('keys', layer))
  const values = all.map(layer => lay('values', layer))
  return rows.map((tokens, row) => ({ keys, values, row, length, tokens: tokens.length }))
}

/** What a decoding graph returns for one new token a row. */
function results(tokens: readonly Token[]): Record<string, Float32Array> {
  const named = Array.from({ length: layers }, (_, l) => [
    [`k${l}:new`, Float32Array.from(tokens.flatMap(token => token.keys[l]!))] as const,
    [`v${l}:new`, Float32Array.from(tokens.flatMap(token => token.values[l]!))] as const,
  ])
  return Object.fromEntries(named.flat())
}

/** The tokens that a cache lets the graph see, row by row. */
function seen(cache: Cache): Token[][] {
  const { feeds } = cache
  const [rows, , , slots] = feeds.mask!.shape as [number, number, number, number]
  const numbers = (name: string, row: number, slot: number): number[] => {
    expect(feeds[name]!.shape).toEqual([rows, kvHeads, slots, headDim])
    return Array.from({ length: vector }, (_, i) => {
      const head = row * kvHeads + Math.floor(i / headDim)
      return Number(feeds[name]!.data[(head * slots + slot) * headDim + (i % headDim)])
    })
  }
  return Array.from({ length: rows }, (_, row) => {
    const open = Array.from({ length: slots }, (_, slot) => slot).filter(slot => {
      const value = feeds.mask!.data[row * slots + slot]
      expect([0, Math.fround(masked)]).toContain(value)
      return value === 0
    })
    const all = (slot: number, kind: string) =>
      Array.from({ length: layers }, (_, l) => numbers(`${kind}${l}`, row, slot))
    return open.map(slot => ({ keys: all(slot, 'k'), values: all(slot, 'v') }))
  })
}

test('room comes in blocks of 32', () => {
  expect([1, 32, 33].map(tokens => new Cache(config, 1, tokens).slots)).toEqual([32, 32, 64])
})

test('a prompt is seen without its padding, in the row that asks for it', () => {
  const next = source()
  const [a, b] = prompts(
    [
      [next(), next()],
      [next(), next(), next()],
    ],
    4,
  ) as [PromptCache, PromptCache]
  const cache = new Cache(config, 3, 4)
  cache.start(0, b)
  cache.start(2, a)
  const [first, second, third] = seen(cache)
  expect([first!.length, second!.length, third!.length]).toEqual([3, 0, 2])
  expect(first![2]!.keys[0]![0]).toBe(1 + 4 * 4 * vector)
  expect(third![0]!.values[1]!.at(-1)).toBe(4 * vector)
})

test('a row that begins again has forgotten what it saw, and -1 takes a row that saw nothing', () => {
  const next = source()
  const [long, short] = prompts([Array.from({ length: 20 }, next), [next(), next()]], 24)
  const cache = new Cache(config, 2, 24)
  cache.start(0, long!)
  cache.start(1, long!)
  cache.start(1, short!)
  expect(seen(cache).map(row => row.length)).toEqual([20, 2])
  const taken = cache.take([-1, 1, -1], 40)
  expect(taken.slots).toBe(64)
  expect(seen(taken)).toEqual([[], seen(cache)[1], []])
})

test('bytes are those of keys and values in whole blocks', () => {
  const { feeds } = new Cache(config, 3, 40)
  const bytes = Object.entries(feeds).map(([name, { data }]) =>
    name === 'mask' ? 0 : data.byteLength,
  )
  expect(cacheBytes(config, 3, 40)).toBe(bytes.reduce((a, b) => a + b, 0))
})

type Move =
  | { readonly kind: 'append' }
  | { readonly kind: 'take'; readonly picks: readonly number[]; readonly room: number }

const moves = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('append' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('take' as const),
        picks: fc.array(fc.nat(100), { minLength: 1, maxLength: 5 }),
        room: fc.nat(70),
      }),
    },
  ),
  { maxLength: 40 },
)
const starts = fc.array(fc.integer({ min: 0, max: 34 }), { minLength: 1, maxLength: 4 })

test('any sequence of appends and choices of rows keeps what a list of lists keeps', () => {
  fc.assert(
    fc.property(starts, moves, (lengths, moves: readonly Move[]) => {
      const next = source()
      let rows = lengths.map(length => Array.from({ length }, next))
      let cache = new Cache(config, rows.length, Math.max(...lengths) + 1)
      prompts(rows, Math.max(...lengths)).forEach((prompt, row) => {
        cache.start(row, prompt)
      })
      for (const move of moves) {
        const longest = Math.max(...rows.map(row => row.length))
        const full = longest >= cache.slots
        if (move.kind === 'take' || full) {
          const picks =
            move.kind === 'take' ? move.picks.map(i => i % rows.length) : [...rows.keys()]
          const room = move.kind === 'take' ? move.room : 0
          cache = cache.take(picks, longest + 1 + room)
          rows = picks.map(i => [...rows[i]!])
        } else {
          const tokens = rows.map(next)
          cache.append(
            results(tokens),
            rows.map(row => row.length),
          )
          rows.forEach((row, i) => {
            row.push(tokens[i]!)
          })
        }
      }
      expect(seen(cache)).toEqual(rows)
    }),
    { numRuns: 50 },
  )
})
