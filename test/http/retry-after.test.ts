import { expect, test } from 'vitest'
import { retryAfterMs } from '../../src/http/retry-after.ts'

const now = Date.parse('2026-01-02T03:04:05Z')

test.each([
  ['seconds', '2', 2000],
  ['part of a second', '0.25', 250],
  ['a date', 'Fri, 02 Jan 2026 03:04:15 GMT', 10_000],
  ['a date that is past', 'Fri, 02 Jan 2026 03:04:00 GMT', 0],
  ['less than nothing', '-5', 0],
  ['no end', '1e999', Number.POSITIVE_INFINITY],
  ['what cannot be read', 'soon', 0],
  ['nothing', '', 0],
])('a server asks to wait by %s', (_, text, ms) => {
  expect(retryAfterMs(new Headers({ 'retry-after': text }), now)).toBe(ms)
})

test('a server that says nothing asks for nothing', () => {
  expect(retryAfterMs(new Headers(), now)).toBe(0)
})
