// Lists of numbers that are read as they lie in a file are those that a general reader builds.

import fc from 'fast-check'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { ByteWriter, ParquetWriter, parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { numberLists } from '../../src/data/parquet-lists.ts'
import { rowsOfBytes } from '../../src/data/parquet-read.ts'
import { writeNumberLists } from '../../src/runs/number-lists.ts'

type Lists = readonly (readonly number[] | null)[]

/** A file of one column of lists, in row groups. */
function fileOf(groups: readonly Lists[], type: 'FLOAT' | 'INT32'): Uint8Array {
  const writer = new ByteWriter()
  const schema = [
    { name: 'root', num_children: 1 },
    { name: 'x', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type, repetition_type: 'REQUIRED' },
  ] as ConstructorParameters<typeof ParquetWriter>[0]['schema']
  const parquet = new ParquetWriter({ writer, schema })
  for (const rows of groups) {
    const columns = [writeNumberLists(writer, { name: 'x', type, rows })]
    const num_rows = BigInt(rows.length)
    parquet.row_groups.push({ columns, num_rows, total_byte_size: 0n })
    ;(parquet as unknown as { num_rows: bigint }).num_rows += num_rows
  }
  parquet.finish()
  return writer.getBytes()
}

const bufferOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

test('whatever the lists are, in whatever row groups', async () => {
  const number = { FLOAT: fc.float({ noNaN: true }), INT32: fc.integer() }
  for (const type of ['FLOAT', 'INT32'] as const) {
    const list = fc.option(fc.array(number[type], { maxLength: 9 }))
    const groups = fc.array(fc.array(list, { minLength: 1, maxLength: 9 }), {
      minLength: 1,
      maxLength: 3,
    })
    await fc.assert(
      fc.asyncProperty(groups, async groups => {
        const bytes = fileOf(groups, type)
        const rows = await rowsOfBytes(bytes)
        expect(rows.map(({ x }) => (x ? Array.from(x as Float32Array) : null))).toEqual(
          groups.flat(),
        )
        const general = await parquetReadObjects({ file: bufferOf(bytes) })
        expect(general.map(({ x }) => x ?? null)).toEqual(groups.flat())
      }),
      { numRuns: 60 },
    )
  }
})

test('lists that are packed, and longer than a page', async () => {
  const ones = Array.from({ length: 300_000 }, (_, i) => i % 7)
  const bytes = fileOf([[ones, null, ones.slice(0, 5)], [[]]], 'INT32')
  expect(bytes.length).toBeLessThan(400_000)
  const rows = await rowsOfBytes(bytes)
  expect(rows.map(({ x }) => (x ? Array.from(x as Int32Array) : null))).toEqual([
    ones,
    null,
    ones.slice(0, 5),
    [],
  ])
})

test('what another writer stored in another way is left to the general reader', async () => {
  const file = parquetWriteBuffer({
    columnData: [
      { name: 'x', data: [[1, 2], [], [1, 2]], type: 'JSON' },
      { name: 'y', data: [1, 2, 3] },
    ],
  })
  const bytes = new Uint8Array(file)
  expect(numberLists(bytes, parquetMetadata(file)).size).toBe(0)
  expect(await rowsOfBytes(bytes)).toEqual(await parquetReadObjects({ file }))
})

test('bytes that do not hold what they say are refused', async () => {
  const bytes = fileOf([[[1, 2, 3], null, [4]]], 'FLOAT')
  const random = (i: number, by: number): Uint8Array => {
    const spoiled = bytes.slice()
    spoiled[i] = (spoiled[i]! + by) & 0xff
    return spoiled
  }
  let refused = 0
  for (let i = 4; i < bytes.length - 8; i++)
    for (const by of [1, 77, 128])
      await rowsOfBytes(random(i, by)).catch(error => {
        expect(error).toBeInstanceOf(Error)
        refused++
      })
  expect(refused).toBeGreaterThan(20)
})
