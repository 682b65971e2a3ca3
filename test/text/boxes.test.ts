import { expect, test } from 'vitest'
import { boxesOf, lastBox, unboxed } from '../../src/text/boxes.ts'

test.each([
  ['so \\boxed{9}', '9'],
  ['\\boxed{1} then \\boxed{2}.', '2'],
  ['$\\boxed{\\frac{1}{2}}$', '\\frac{1}{2}'],
  ['\\boxed{\\left\\{ 1 \\right.}', '\\left\\{ 1 \\right.'],
  ['\\boxed 5$ and', '5'],
  ['\\boxed  {5}', '5'],
  ['\\boxed{}', ''],
])('%s holds %s', (text, content) => {
  expect(lastBox(text)).toBe(content)
})

test.each(['', '9', '\\boxed', '\\boxed{1', '\\boxedanswer{1}', '\\boxed5'])(
  '"%s" holds none',
  text => {
    expect(lastBox(text)).toBeNull()
  },
)

test('a box that does not close hides the ones before it', () => {
  expect(lastBox('\\boxed{1} \\boxed{2')).toBeNull()
})

test('a text that is one box is unboxed, another is not', () => {
  expect(unboxed('\\boxed{5}')).toBe('5')
  expect(unboxed('\\boxed{5} or \\boxed{6}')).toBe('\\boxed{5} or \\boxed{6}')
})

test('ten thousand braces and a megabyte are no trouble', () => {
  const deep = `\\boxed{${'{'.repeat(10_000)}1${'}'.repeat(10_000)}}`
  expect(lastBox(deep)).toHaveLength(20_001)
  expect(lastBox('\\boxed{'.repeat(200_000))).toBeNull()
  expect(lastBox('\\boxedx'.repeat(200_000))).toBeNull()
  expect(boxesOf('\\boxed{'.repeat(200_000))).toEqual([])
  expect(boxesOf('\\boxed{1}'.repeat(20_000))).toHaveLength(64)
})
