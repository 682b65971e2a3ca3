// What stands behind an answer is judged: an option with what is said of it, a count with what it counts, a rest with its letter.
import { expect, test } from 'vitest'
import { grade } from '../../../src/rewards/grade/grade.ts'

const judged = (gold: string, answer: string, policy: 'reward' | 'eval' = 'reward') =>
  grade({ gold, pred: `The answer is $\\boxed{${answer}}$.`, mode: 'text' }, policy).correct

test.each([
  '\\text{(B) because of C}',
  '\\text{B. Not sure}',
  '\\text{B) rather than C}',
  '\\text{B) fails}',
  '\\text{B. I guess}',
  '\\text{B) cannot be right}',
  '\\text{B: eliminated}',
  '\\text{(B) does not hold}',
  '\\text{(B) unlikely}',
  '\\text{(B) ruled out}',
  '\\text{B) 15 C) 18}',
  '\\text{B. D}',
  '\\text{B: C}',
  '\\text{B)}\\text{C)}',
  '\\textbf{(B)}\\ \\text{impossible}',
])('%s is not B', answer => {
  expect([judged('B', answer), judged('B', answer, 'eval')]).toEqual([false, false])
})

test.each(['\\text{(B) }15', '\\text{B. Paris}', '\\text{(B) False}', '\\text{(B) A cube}'])(
  '%s is B',
  answer => {
    expect([judged('B', answer), judged('B', answer, 'eval')]).toEqual([true, true])
  },
)

test('a counted rest is all whole numbers, unless a qualifier says less', () => {
  const gold = 'x \\equiv 3 \\pmod 7'
  expect(judged(gold, 'x = 7k + 3, k \\in \\mathbb{Z}')).toBe(true)
  expect(judged(gold, 'x = 7k + 3, k \\in \\mathbb{N}')).toBe(false)
  expect(judged(gold, 'x = 14k + 3')).toBe(false)
  expect(judged('y = 7x + 3', 'y \\equiv 3 \\pmod 7')).toBe(false)
})

test('what is counted is part of a quantity', () => {
  expect(judged('5\\text{ berries}', '5\\text{ ripe berries}')).toBe(true)
  expect(judged('3\\text{ years}', '36\\text{ months}')).toBe(true)
  expect(judged('3\\text{ years}', '3\\text{ years old}')).toBe(true)
  expect(judged('5\\text{ apples}', '5\\text{ cm}')).toBe(false)
  expect(judged('1\\text{ L}', '1\\text{ gallon}')).toBe(false)
  expect(judged('3\\text{ apples per day}', '3\\text{ apples}')).toBe(false)
  expect(judged('20\\text{ students per class}', '20\\text{ classes}')).toBe(false)
  expect(judged('5\\text{ square units}', '5\\text{ units}')).toBe(false)
})
