// Parquet as pyarrow writes it (test/fixtures/parquet/make.py), and the blocks of LZ4 that it packs.
import * as zlib from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileRows } from '../../src/data/file-rows.ts'
import { lz4Block, lz4Hadoop } from '../../src/data/lz4.ts'

async function rowsOf(name: string): Promise<unknown[]> {
  const rows: unknown[] = []
  for await (const { value } of fileRows(`test/fixtures/parquet/${name}.parquet`)) rows.push(value)
  return rows
}

const expected = Array.from({ length: 40 }, (_, i) => ({
  question: `${i}+1 ${'ab'.repeat(i)}`,
  answer: i % 3 ? String(i + 1) : null,
  big: i === 0 ? 2 ** 53 : String(2n ** 53n + BigInt(i)), // exactly, as digits where no number is
  meta: i % 5 ? { source: `s${i % 2}`, tags: Array.from({ length: i % 4 }, (_, j) => j) } : null,
}))

test.each(['snappy', 'brotli', 'lz4'])('%s is read, row by row', async packing => {
  expect(await rowsOf(packing)).toEqual(expected)
})

const unpacksZstd = 'zstdDecompressSync' in zlib

test.runIf(unpacksZstd)('zstd is read', async () => {
  expect(await rowsOf('zstd')).toEqual(expected)
})

test.runIf(!unpacksZstd)('zstd is refused with what would read it', async () => {
  await expect(rowsOf('zstd')).rejects.toThrow(
    /zstd\.parquet: .*packed with ZSTD.*use Node 22\.15 or later/,
  )
})

test('a file of no rows has none', async () => {
  expect(await rowsOf('zero')).toEqual([])
})

/** A block of literals alone, which every packer may write. */
function literals(bytes: Uint8Array): Uint8Array {
  const { length } = bytes
  const head = [Math.min(length, 15) << 4]
  for (let left = length - 15; left >= 0; left -= 255) head.push(Math.min(left, 255))
  return Uint8Array.from([...head, ...bytes])
}

test('a block by hand: literals, a match that overlaps itself, literals', () => {
  const block = Uint8Array.from([0x20, 97, 98, 2, 0, 0x10, 99]) // ab, four from two back, c
  expect(new TextDecoder().decode(lz4Block(block, 7))).toBe('abababc')
  const framed = Uint8Array.from([
    0,
    0,
    0,
    7,
    0,
    0,
    0,
    7,
    ...block,
    0,
    0,
    0,
    7,
    0,
    0,
    0,
    7,
    ...block,
  ])
  expect(new TextDecoder().decode(lz4Hadoop(framed, 14))).toBe('abababcabababc')
  expect(new TextDecoder().decode(lz4Hadoop(block, 7))).toBe('abababc')
})

test('literals of any length come back, and whatever else is written ends', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), bytes => {
      expect(lz4Block(literals(bytes), bytes.length)).toEqual(bytes)
    }),
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(100), (block, length) => {
      for (const read of [lz4Block, lz4Hadoop])
        try {
          expect(read(block, length)).toHaveLength(length)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
    }),
  )
})
