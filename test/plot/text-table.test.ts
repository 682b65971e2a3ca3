import { expect, test } from 'vitest'
import { textTable } from '../../src/plot/text-table.ts'

test('columns are as wide as their widest cell', () => {
  expect(
    textTable([
      ['name', 'n'],
      ['a', '10'],
      ['long name', ''],
    ]),
  ).toBe(['name        n', 'a          10', 'long name'].join('\n'))
  expect(textTable([])).toBe('')
})
