import { expect, test } from 'vitest'
import { nearest } from '../../src/text/nearest.ts'

const names = ['groupSize', 'temperature', 'klCoef', 'clip']

test.each([
  ['groupSzie', 'groupSize'], // two letters swapped
  ['group-size', 'groupSize'], // another way to write it
  ['temprature', 'temperature'], // one missing
  ['KLCOEFF', 'klCoef'], // one too many
  ['klip', 'clip'], // one wrong
])('%s is near %s', (name, expected) => expect(nearest(name, names)).toBe(expected))

test('what is far from everything has no nearest name', () => {
  expect(nearest('momentum', names)).toBeUndefined()
  expect(nearest('c', names)).toBeUndefined()
  expect(nearest('', names)).toBeUndefined()
  expect(nearest('clip', [])).toBeUndefined()
})

test('the nearest of several', () =>
  expect(nearest('sum-from', ['sum', 'sum-form'])).toBe('sum-form'))
