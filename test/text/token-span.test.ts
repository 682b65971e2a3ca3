import { expect, test } from 'vitest'
import { tokensSpelling } from '../../src/text/token-span.ts'

const pieces = ['ab', '', 'c', 'de', '']

test.each([
  [0, 1, 0, 1],
  [1, 3, 0, 3],
  [2, 3, 2, 3],
  [4, 5, 3, 4],
  [0, 5, 0, 4],
])('characters %d to %d are of tokens %d to %d', (from, to, start, end) => {
  expect(tokensSpelling(pieces, from, to)).toEqual({ start, end })
})
