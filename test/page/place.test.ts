import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressOf, everywhere, placeOf } from '../../page/place.ts'

test('an address is read as it is written, down to a token', () => {
  const number = fc.integer({ min: 1, max: 999_999 })
  const numbers = fc.array(number, { maxLength: 4 })
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), numbers, (run, found) => {
      const [iteration = null, group = null, rollout = null, token = null] = found
      const place = { ...everywhere, run, iteration, group, rollout, token }
      expect(placeOf(addressOf(place))).toEqual(place)
    }),
  )
  expect(placeOf('#/first/judge')).toEqual({ ...everywhere, run: 'first', judge: true })
  expect(addressOf({ run: 'first', judge: true })).toBe('#/first/judge')
  expect(placeOf('')).toEqual(everywhere)
})

test.each([
  '#//1',
  '#/a/b',
  '#/a/-1',
  '#/a/1/2/3/4/5',
  '#/%E0%A4%A',
  '#/a/1.5',
  '#/a/judge/1',
  '#/a/1e3',
])('%s names nothing', hash => {
  expect(placeOf(hash)).toBeNull()
})
