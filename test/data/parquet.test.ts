import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { parquetWriteBuffer, type SchemaElement } from 'hyparquet-writer'
import { describe, expect, test } from 'vitest'
import { parquetFileRows } from '../../src/data/parquet.ts'
import { DataError } from '../../src/errors.ts'
import { readLabelled } from '../../src/prm/formats/read.ts'

function fileOf(bytes: ArrayBuffer | Uint8Array): string {
  const file = join(mkdtempSync(join(tmpdir(), 'minform-parquet-')), 'rows.parquet')
  writeFileSync(file, new Uint8Array(bytes))
  return file
}
async function rowsOf(file: string): Promise<Record<string, unknown>[]> {
  const rows = []
  for await (const row of parquetFileRows(file)) rows.push(row)
  return rows
}

const optional = (element: SchemaElement): SchemaElement => ({
  ...element,
  repetition_type: 'OPTIONAL',
})
const text = (name: string): SchemaElement =>
  optional({ name, type: 'BYTE_ARRAY', converted_type: 'UTF8' })
/** A list as Arrow lays it out, which is how data sets of Hugging Face are. */
const list = (name: string, ...element: SchemaElement[]): SchemaElement[] => [
  { name, converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  ...element,
]

describe('rows as plain values', () => {
  const columnData = [
    { name: 'id', data: [1n, null, 3n], type: 'INT64' as const, nullable: true },
    { name: 'name', data: ['a', 'ü', null], type: 'STRING' as const, nullable: true },
  ]
  const expected = [
    { id: 1, name: 'a' },
    { id: null, name: 'ü' },
    { id: 3, name: null },
  ]
  test.each([
    ['UNCOMPRESSED', {}],
    ['SNAPPY', {}],
    ['GZIP', { GZIP: (bytes: Uint8Array) => gzipSync(bytes) }],
    ['BROTLI', { BROTLI: (bytes: Uint8Array) => brotliCompressSync(bytes) }],
  ] as const)('%s, in groups of two rows', async (codec, compressors) => {
    const file = fileOf(parquetWriteBuffer({ columnData, codec, compressors, rowGroupSize: 2 }))
    expect(await rowsOf(file)).toEqual(expected)
  })

  test('a file that asks for work without end is given up, and the next is read', async () => {
    const endless = Buffer.from(
      'UEFSMRUGFSIVJlwVBhUAFQYAAAAAAAAAABUiFSZcFQYVABUGFQAVBBUAAAADBw84AQAAAGEBAAAAYgEA' +
        'AABjFQYVQhVGXBUGFQAVBhUAFQQVAAAAAwcfeAYAAABbdHJ1ZV0HAAAAW2ZhbHNlXQYAAABbdHJ1ZV0V' +
        'BhUcFSBcFQYVABUGFQAVBBUAAAADBwwsAQAAAAIAAAADAAAAFQQZTEgEcm9vdBUGABUMJQIYBnByb21w' +
        'dCUAABUMJQIYBmxhYmVscyUAABUCJQIYAW4AFgYZHBk8JggcFQwZFQAZGAZwcm9tcHQVAhYGFkwWUCYI' +
        'PDYAKAFjGAFhABkcFQYVABUCAAAAJlgcFQwZFQAZGAZsYWJlbHMVAhYGFmwWcCZYPDYAKAZbdHJ1ZV0Y' +
        'B1tmYWxzZV0AGRwVBhUAFQIAAAAmyAEcFQIZFQAZGAFuFQIWBhZGFkomyAE8NgAoBAMAAAAYBAEAAAAA' +
        'GRwVBhUAFQIAAAAW/gEWBjaKAgAoCWh5cGFycXVldBk8HAAAHAAAHAAAAPcAAABQQVIx',
      'base64',
    )
    const rows = parquetFileRows(fileOf(endless), { seconds: 0.5 })
    await expect(rows.next()).rejects.toThrow('cannot be read as Parquet: it is not read in')
    const file = fileOf(parquetWriteBuffer({ columnData }))
    expect(await rowsOf(file)).toEqual(expected)
  })

  test('a packing that cannot be undone is named', async () => {
    const compressors = { LZO: (bytes: Uint8Array) => bytes }
    const file = fileOf(parquetWriteBuffer({ columnData, codec: 'LZO', compressors }))
    await expect(rowsOf(file)).rejects.toThrow(DataError)
    await expect(rowsOf(file)).rejects.toThrow('unsupported compression codec: LZO')
  })

  test('a file that ends early, or is none', async () => {
    const whole = new Uint8Array(parquetWriteBuffer({ columnData }))
    for (const bytes of [whole.slice(0, 40), Buffer.from('PAR1'), Buffer.from('{}')])
      await expect(rowsOf(fileOf(bytes))).rejects.toThrow('cannot be read as Parquet')
  })
})

test('lists of texts, of truths and of records make labelled solutions', async () => {
  const stepwise = parquetWriteBuffer({
    columnData: [
      { name: 'prompt', data: ['p0', 'p1'] },
      { name: 'completions', data: [['a', 'b'], ['c']] },
      { name: 'labels', data: [[true, false], [true]] },
    ],
    schema: [
      { name: 'rows', num_children: 3 },
      text('prompt'),
      ...list('completions', text('element')),
      ...list('labels', optional({ name: 'element', type: 'BOOLEAN' })),
    ],
  })
  const { solutions } = await readLabelled(fileOf(stepwise))
  expect(solutions.map(({ id, steps, labels_S }) => [id, steps, labels_S])).toEqual([
    ['rows.parquet[0]', ['a', 'b'], [1, 0]],
    ['rows.parquet[1]', ['c'], [1]],
  ])
  const states = [
    { solution_prefix: 'q', mc_value: 0.5 },
    { solution_prefix: 'q\na', mc_value: 0.25 },
  ]
  const search = parquetWriteBuffer({
    columnData: [
      { name: 'question', data: ['q'] },
      { name: 'final_answer', data: ['4'] },
      { name: 'reasoning_steps', data: [states] },
    ],
    schema: [
      { name: 'rows', num_children: 3 },
      text('question'),
      text('final_answer'),
      ...list(
        'reasoning_steps',
        optional({ name: 'element', num_children: 2 }),
        text('solution_prefix'),
        optional({ name: 'mc_value', type: 'DOUBLE' }),
      ),
    ],
  })
  const { solutions: searched } = await readLabelled(fileOf(search))
  expect(searched[0]).toMatchObject({ steps: ['a'], labels_S: [0.25], source: 'math-aps' })
})
