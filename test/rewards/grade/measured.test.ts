// What stands around a number and changes it: boxes in boxes, currencies, words for powers of ten.
import { expect, test } from 'vitest'
import { below, random } from '../../../src/numbers/random.ts'
import { grade } from '../../../src/rewards/grade/grade.ts'

const policies = ['reward', 'eval'] as const
const correct = (gold: string, pred: string, mode: 'text' | 'answer') =>
  policies.map(policy => grade({ gold, pred, mode }, policy).correct)

const numbers = (seed: number) => {
  const next = random(seed)
  return Array.from({ length: 10 }, () => 2 + below(next, 10_000))
}

test('a box in a box is part of what that one holds', () => {
  for (const n of numbers(1)) {
    const gold = `\\boxed{${n}}`
    for (const around of ['-#', '2 \\cdot #', '3#', '#+1', '\\frac{#}{7}', '#, \\boxed{1}', '#^2'])
      expect([n, around, correct(gold, `$\\boxed{${around.replace('#', gold)}}$`, 'text')]).toEqual(
        [n, around, [false, false]],
      )
    for (const around of ['#', 'x = #', '{#}', '\\text{Answer: } #'])
      expect([n, around, correct(gold, `$\\boxed{${around.replace('#', gold)}}$`, 'text')]).toEqual(
        [n, around, [true, true]],
      )
  }
})

test('an amount of money is as much in every spelling of its currency, and less or more in another', () => {
  for (const n of numbers(2)) {
    const golds = [`\\$${n}`, `${n}\\text{ dollars}`, `\\$${n}.00`]
    const equal = [...golds, `${n}`, `${100 * n}\\text{ cents}`, `${100 * n}¢`, `$\\$${n}$`]
    const other = [`€${n}`, `£${n}`, `${n}¥`, `${n}\\text{ cents}`, `${n}¢`, `${n} €`, `\\$-${n}`]
    for (const gold of golds) {
      for (const pred of equal)
        expect([gold, pred, correct(gold, pred, 'answer')]).toEqual([gold, pred, [true, true]])
      for (const pred of other)
        expect([gold, pred, correct(gold, pred, 'answer')]).toEqual([gold, pred, [false, false]])
    }
  }
})

test('a word for a power of ten is one', () => {
  const words = { hundred: 2, thousand: 3, million: 6, billion: 9, trillion: 12 }
  for (const n of numbers(3)) {
    for (const [word, power] of Object.entries(words)) {
      const gold = `${n}${'0'.repeat(power)}`
      for (const after of ['', ' dollars', ' people']) {
        const pred = `${n}\\text{ ${word}${after}}`
        expect([pred, correct(gold, pred, 'answer')]).toEqual([pred, [true, true]])
        expect([pred, correct(`${n}`, pred, 'answer')]).toEqual([pred, [false, false]])
      }
      const money = `\\$${n} \\text{ ${word}}`
      expect([money, correct(`\\$${n}`, money, 'answer')]).toEqual([money, [false, false]])
    }
  }
})

test('a word for a part, or for a multiple that is not known, is no unit', () => {
  const words = ['tens', 'tenths', 'hundredths', 'thousandths', 'lakh', 'crore', 'thirds', 'dozen']
  for (const word of words)
    expect([word, correct('12', `12\\text{ ${word}}`, 'answer')]).toEqual([word, [false, false]])
})

test('words name a value only where they say what it is of', () => {
  const named = ['Area', 'the number of ways', 'Total cost', 'Answer', 'sum of the digits']
  const denied = ['Not', 'Incorrect', 'false', 'half the answer', 'anything except', 'less than']
  for (const n of numbers(4)) {
    for (const words of named)
      expect([words, correct(`${n}`, `\\text{${words}} = ${n}`, 'answer')]).toEqual([
        words,
        [true, true],
      ])
    for (const words of denied)
      expect([words, correct(`${n}`, `\\text{${words}} = ${n}`, 'answer')]).toEqual([
        words,
        [false, false],
      ])
  }
})
