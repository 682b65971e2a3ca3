import fc from 'fast-check'
import { expect, test } from 'vitest'
import { repetitionScore } from '../../src/rewards/repetition.ts'

/** As it is defined: suffixes sorted, common prefixes of neighbours added. */
function bySorting(text: string): number {
  const suffixes = Array.from(text, (_, i) => text.slice(i)).sort()
  let sum = 0
  for (let i = 1; i < suffixes.length; i++) {
    const [a, b] = [suffixes[i - 1]!, suffixes[i]!]
    let common = 0
    while (common < a.length && a[common] === b[common]) common++
    sum += common
  }
  return (2 * sum) / (text.length * (text.length + 1))
}

test.each([
  ['', 0],
  ['a', 0],
  ['abc', 0],
  ['aaaa', (2 * (1 + 2 + 3)) / (4 * 5)],
  ['banana', (2 * (1 + 3 + 0 + 0 + 2)) / (6 * 7)], // a ana anana banana na nana
  ['abab', (2 * (2 + 0 + 1)) / (4 * 5)],
])('%j has %d', (text, expected) => {
  expect(repetitionScore(text)).toBeCloseTo(expected, 12)
})

test('equals the sum over sorted suffixes', () => {
  const texts = fc.string({
    unit: fc.constantFrom('a', 'b', '\n', '7'),
    minLength: 1,
    maxLength: 60,
  })
  fc.assert(
    fc.property(texts, text => {
      expect(repetitionScore(text)).toBeCloseTo(bySorting(text), 12)
    }),
  )
})

test('solutions are low, what goes in circles is high', () => {
  const solution = '3+4=7, so (7*2)-5\n\n7*2=14, so 14-5\n\n14-5=9, so 9\n\n\\boxed{9}'
  expect(repetitionScore(solution)).toBeLessThan(0.1)
  expect(
    repetitionScore(`${solution}${'\n\nWait, let me check this again.'.repeat(12)}`),
  ).toBeGreaterThan(0.2)
})

test('a long text is scored at once', () => {
  expect(repetitionScore('so we check it again. '.repeat(1500))).toBeGreaterThan(0.9) // 33,000 characters
})
