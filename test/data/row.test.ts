import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseRow } from '../../src/data/row.ts'
import { DataError } from '../../src/errors.ts'

test('a row that does not fit names its place and its field', () => {
  const schema = z.object({ rows: z.array(z.object({ n: z.int() })) })
  expect(parseRow(schema, { rows: [{ n: 1, more: 2 }] }, 'f:1')).toEqual({ rows: [{ n: 1 }] })
  const wrong = () => parseRow(schema, { rows: [{ n: 1 }, { n: 'x' }] }, 'f:1')
  expect(wrong).toThrow(DataError)
  expect(wrong).toThrow('f:1: rows[1].n: ')
  expect(() => parseRow(schema, 3, 'f:2')).toThrow('f:2: the row: ')
})
