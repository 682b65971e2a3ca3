import { expect, test } from 'vitest'
import { extractBoxed, unboxed } from '../../../src/rewards/grade/extract-boxed.ts'

test.each([
  ['so \\boxed{9}', '9'],
  ['\\boxed{1} then \\boxed{2}.', '2'],
  ['$\\boxed{\\frac{1}{2}}$', '\\frac{1}{2}'],
  ['\\boxed{\\left\\{ 1 \\right.}', '\\left\\{ 1 \\right.'],
  ['\\boxed 5$ and', '5'],
  ['\\boxed  {5}', '5'],
  ['\\boxed{}', ''],
])('%s holds %s', (text, content) => {
  expect(extractBoxed(text)).toBe(content)
})

test.each(['', '9', '\\boxed', '\\boxed{1', '\\boxedanswer{1}', '\\boxed5'])(
  '"%s" holds none',
  text => {
    expect(extractBoxed(text)).toBeNull()
  },
)

test('a box that does not close hides the ones before it', () => {
  expect(extractBoxed('\\boxed{1} \\boxed{2')).toBeNull()
})

test('a text that is one box is unboxed, another is not', () => {
  expect(unboxed('\\boxed{5}')).toBe('5')
  expect(unboxed('\\boxed{5} or \\boxed{6}')).toBe('\\boxed{5} or \\boxed{6}')
})

test('ten thousand braces and a megabyte are no trouble', () => {
  const deep = `\\boxed{${'{'.repeat(10_000)}1${'}'.repeat(10_000)}}`
  expect(extractBoxed(deep)).toHaveLength(20_001)
  const start = performance.now()
  expect(extractBoxed('\\boxed{'.repeat(200_000))).toBeNull()
  expect(extractBoxed('\\boxedx'.repeat(200_000))).toBeNull()
  expect(performance.now() - start).toBeLessThan(1000)
})
