import fc from 'fast-check'
import { expect, test } from 'vitest'
import { askAddress, askedAt, cellText, leadsTo, numberColumns } from '../../page/ask.ts'

test('the address of a question holds it, whatever it says', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), sql => {
      expect(askedAt(askAddress(sql))).toBe(sql)
    }),
  )
  expect(askedAt('#ask')).toBe('')
  expect(askedAt('#ask/%E0%A4%A')).toBe('')
  for (const hash of ['', '#/', '#/ask', '#/ask/1', '#asked']) expect(askedAt(hash)).toBeNull()
})

test('a cell that is an address leads there, and nothing else does', () => {
  expect(leadsTo('first/2/0/7')).toBe('#/first/2/0/7')
  expect(leadsTo('a-b_c.1/2')).toBe('#/a-b_c.1/2')
  for (const value of [
    'first',
    'javascript:alert(1)/1',
    '//evil/1',
    'a/b',
    'a/1/2/3/4/5',
    12,
    null,
  ])
    expect(leadsTo(value)).toBeNull()
})

test('cells and columns of numbers', () => {
  expect([null, 3, 0.123456789, 'x', [1, null]].map(cellText)).toEqual([
    ...['–', '3', '0.123457', 'x', '[1,null]'],
  ])
  const answer = {
    columns: ['a', 'b', 'c'],
    rows: [
      [1, 'x', null],
      [null, 2, null],
    ],
  }
  expect(numberColumns({ ...answer, more: false, leftOut: [], seconds: 0 })).toEqual([
    ...[true, false, false],
  ])
})
