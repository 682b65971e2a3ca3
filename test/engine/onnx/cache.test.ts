import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freshConfig } from '../../../src/engine/hf/config.ts'
import {
  Cache,
  cacheBytes,
  type PromptCache,
  type Room,
  SpareCache,
} from '../../../src/engine/onnx/cache.ts'
import { masked } from '../../../src/engine/onnx/tables.ts'

const window = 3
const config = freshConfig({
  architecture: 'qwen2',
  vocabSize: 10,
  hiddenSize: 8,
  intermediateSize: 8,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  maxPositions: 256,
  window,
  slidingLayers: [1],
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
  const [rows, , , , slots] = feeds.mask!.shape as [number, number, number, number, number]
  const numbers = (name: string, row: number, slot: number): number[] => {
    const { data, shape } = feeds[name]!
    expect(shape).toEqual([rows, kvHeads, slots, headDim])
    expect(data.length).toBe(rows * vector * slots)
    return Array.from({ length: vector }, (_, i) => {
      const head = row * kvHeads + Math.floor(i / headDim)
      return Number(data[(head * slots + slot) * headDim + (i % headDim)])
    })
  }
  return Array.from({ length: rows }, (_, row) => {
    const open = Array.from({ length: slots }, (_, slot) => slot).filter(slot => {
      const value = feeds.mask!.data[row * slots + slot]
      expect([0, Math.fround(masked)]).toContain(value)
      return value === 0
    })
    // The next token sees itself and window - 1 before it.
    const near = open.filter(slot => feeds.windowMask!.data[row * slots + slot] === 0)
    expect(near).toEqual(open.slice(Math.max(0, open.length + 1 - window)))
    expect(feeds.windowMask!.shape).toEqual(feeds.mask!.shape)
    const all = (slot: number, kind: string) =>
      Array.from({ length: layers }, (_, l) => numbers(`${kind}${l}`, row, slot))
    return open.map(slot => ({ keys: all(slot, 'k'), values: all(slot, 'v') }))
  })
}

/** A cache of empty rows. */
function empty(rows: number, tokens: number): Cache {
  const cache = new Cache(config)
  cache.resize({ kept: [], rows, tokens, most: tokens })
  return cache
}

test('room comes in blocks of 32', () => {
  expect([1, 32, 33].map(tokens => empty(1, tokens).slots)).toEqual([32, 32, 64])
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
  const cache = empty(3, 4)
  cache.start(0, [b])
  cache.start(2, [a])
  const [first, second, third] = seen(cache)
  expect([first!.length, second!.length, third!.length]).toEqual([3, 0, 2])
  expect(first![2]!.keys[0]![0]).toBe(1 + 4 * 4 * vector)
  expect(third![0]!.values[1]!.at(-1)).toBe(4 * vector)
})

test('a prompt may lie in parts, and a row can be read where it is', () => {
  const next = source()
  const tokens = Array.from({ length: 9 }, next)
  const parts = [tokens.slice(0, 4), tokens.slice(4, 5), tokens.slice(5)]
  const cache = empty(3, 40)
  cache.start(1, prompts(parts, 6))
  expect(seen(cache)).toEqual([[], tokens, []])
  cache.start(2, [cache.view(1, 3), ...prompts([tokens.slice(3)], 6)])
  expect(seen(cache)[2]).toEqual(tokens)
})

test('a row may begin as another one did, which has gone on since or not', () => {
  const next = source()
  const tokens = Array.from({ length: 9 }, next)
  const [prompt] = prompts([tokens], 9)
  const cache = empty(3, 40)
  cache.start(1, [prompt!])
  cache.append(results(Array.from({ length: 3 }, next)), [0, 9, 0])
  cache.repeat(2, 1, 9)
  expect(seen(cache)[2]).toEqual(tokens)
  cache.repeat(0, 2, 4)
  expect(seen(cache)[0]).toEqual(tokens.slice(0, 4))
})

test('a row that begins again has forgotten what it saw, and new rows saw nothing', () => {
  const next = source()
  const [long, short] = prompts([Array.from({ length: 20 }, next), [next(), next()]], 24)
  const cache = empty(2, 24)
  cache.start(0, [long!])
  cache.start(1, [long!])
  cache.start(1, [short!])
  expect(seen(cache).map(row => row.length)).toEqual([20, 2])
  const [, second] = seen(cache)
  cache.resize({ kept: [1], rows: 3, tokens: 40, most: 40 })
  expect(cache.slots).toBe(64)
  expect(seen(cache)).toEqual([second, [], []])
})

test('memory is asked for by doubling, up to what rows can come to', () => {
  const cache = new Cache(config)
  cache.resize({ kept: [], rows: 2, tokens: 20, most: 90 })
  const first = cache.feeds.k0!.data.buffer
  expect(first.byteLength).toBe(4 * 2 * vector * 64) // 2 * 20, in whole blocks
  cache.resize({ kept: [0, 1], rows: 2, tokens: 64, most: 90 })
  expect(cache.feeds.k0!.data.buffer).toBe(first)
  cache.resize({ kept: [0, 1], rows: 2, tokens: 65, most: 90 })
  const { buffer } = cache.feeds.k0!.data
  expect(buffer.byteLength).toBe(4 * 2 * vector * 96)
  cache.resize({ kept: [1], rows: 1, tokens: 128, most: 128 })
  expect(cache.feeds.k0!.data.buffer).toBe(buffer) // room for 192 slots in all
  cache.resize({ kept: [0], rows: 2, tokens: 128, most: 128 })
  expect(cache.feeds.k0!.data.buffer).not.toBe(buffer)
})

test('memory is kept between two calls, but not more than may be', () => {
  const spare = new SpareCache(config, cacheBytes(config, 1, 32))
  const cache = spare.take()
  for (const rows of [1, 2]) {
    cache.resize({ kept: [], rows, tokens: 20, most: 20 })
    spare.giveBack(cache)
    const next = spare.take()
    expect(next === cache).toBe(rows === 1)
    expect([next.rows, next.slots, next.feeds]).toEqual([0, 0, {}])
  }
})

test('bytes are those of keys and values in whole blocks', () => {
  const { feeds } = empty(3, 40)
  const bytes = Object.entries(feeds).map(([name, { data }]) =>
    name.toLowerCase().endsWith('mask') ? 0 : data.byteLength,
  )
  expect(cacheBytes(config, 3, 40)).toBe(bytes.reduce((a, b) => a + b, 0))
})

type Move =
  | { readonly kind: 'append' }
  | ({ readonly kind: 'resize'; readonly drop: readonly boolean[]; readonly add: number } & Pick<
      Room,
      'most'
    > & { readonly shrink: boolean })

const moves = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('append' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('resize' as const),
        drop: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
        add: fc.nat(2),
        most: fc.nat(200),
        shrink: fc.boolean(),
      }),
    },
  ),
  { maxLength: 60 },
)
const starts = fc.array(fc.integer({ min: 0, max: 34 }), { minLength: 1, maxLength: 4 })

test('any sequence of appends and choices of rows keeps what a list of lists keeps', () => {
  fc.assert(
    fc.property(starts, moves, (lengths, moves: readonly Move[]) => {
      const next = source()
      let rows = lengths.map(length => Array.from({ length }, next))
      const cache = empty(rows.length, Math.max(...lengths) + 1)
      prompts(rows, Math.max(...lengths)).forEach((prompt, row) => {
        cache.start(row, [prompt])
      })
      for (const move of moves) {
        const full = Math.max(0, ...rows.map(row => row.length)) >= cache.slots
        if (move.kind === 'resize' || full) {
          const chosen = move.kind === 'resize' ? move : { drop: [], add: 0, most: 0, shrink: true }
          const kept = [...rows.keys()].filter(i => chosen.drop[i] !== true)
          const added = kept.length === 0 ? 1 : chosen.add
          rows = [...kept.map(i => rows[i]!), ...Array.from({ length: added }, () => [])]
          const longest = Math.max(...rows.map(row => row.length)) + 1
          const tokens = chosen.shrink ? longest : Math.max(longest, cache.slots)
          cache.resize({ kept, rows: rows.length, tokens, most: chosen.most })
        } else {
          const tokens = rows.map(next)
          cache.append(
            results(tokens),
            rows.map(row => row.length),
          )
          rows = rows.map((row, i) => [...row, tokens[i]!])
        }
      }
      expect(seen(cache)).toEqual(rows)
    }),
    { numRuns: 100 },
  )
})
