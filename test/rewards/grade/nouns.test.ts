// Words behind a number: what it counts, or another number than it.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { grade } from '../../../src/rewards/grade/grade.ts'

const correct = (gold: string, pred: string, policy: 'reward' | 'eval' = 'reward') =>
  grade({ gold, pred, mode: 'answer' }, policy).correct

const whole = fc.integer({ min: 2, max: 5000 })

const altered =
  `score,scores,gross,dozen eggs,half,plus one,less one,minus,factorial,squared,cubed,pi,doubled,
  times x,mod 7,base two,divided by two,point five,root,inverse,wrong,false,impossible,never,maybe,almost,
  approximately,at least,too low,below zero,without,except,no,or more,not,percent,thousandths,myriad`
    .split(',')
    .map(words => words.trim())

test('words that make another number of it, or take it back, are no units', () => {
  fc.assert(
    fc.property(whole, fc.constantFrom(...altered), (n, words) => {
      for (const policy of ['reward', 'eval'] as const) {
        expect(correct(String(n), `${n}\\text{ ${words}}`, policy)).toBe(false)
        expect(correct(`${n} \\text{ cm}`, `${n} \\text{ cm}\\text{ ${words}}`, policy)).toBe(false)
      }
    }),
    { numRuns: 150 },
  )
})

const letters = fc.string({
  unit: fc.constantFrom(...'abcdefghijklmnopqrtvwxyz'),
  minLength: 5,
  maxLength: 9,
})

test('a reward takes nouns in the plural and known units alone, whatever the word is', () => {
  fc.assert(
    fc.property(whole, letters, (n, word) => {
      expect(correct(String(n), `${n} \\text{ ${word}}`)).toBe(false)
      expect(correct(String(n), `${n} \\text{ ${word}s}`)).toBe(!/[sui]$/.test(word))
      expect(correct(String(n), `${n} \\text{ red ${word}ts in total}`)).toBe(true)
      expect(correct(String(n), `${n + 1} \\text{ ${word}ts}`)).toBe(false)
    }),
    { numRuns: 150 },
  )
})

test.each([
  ['12', '12 \\text{ people}'],
  ['12', '12 \\text{ square units}'],
  ['12', '12 \\text{ units}^2'],
  ['12', '12\\text{ left}'],
  ['12', '12 \\text{ years old}'],
  ['12', '12 \\text{ more apples}'],
  ['12', '12 \\text{ dollars per person}'],
  ['12', '12 \\text{ liters of water}'],
  ['1', '1 \\text{ apple}'],
  ['\\frac12', '\\frac12 \\text{ apple}'],
  ['12', '\\text{12 people}'],
  ['13', '\\text{13 cubic feet}'],
  ['\\text{13 cubic feet}', '13\\text{ ft}^3'],
  ['60', '60 \\text{ Miles per hour}'],
  ['60 \\text{ km/h}', '60 \\text{ Km/h}'],
])('%s and %s', (gold, pred) => {
  expect(correct(gold, pred)).toBe(true)
})

test.each([
  ['\\text{13 cubic feet}', '13\\text{ square feet}'],
  ['12', '\\text{12 or 13}'],
  ['12', '\\text{12 and a half}'],
])('%s is not %s', (gold, pred) => {
  expect(correct(gold, pred)).toBe(false)
  expect(correct(gold, pred, 'eval')).toBe(false)
})

const prefixes = { m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9 } as const
const prefix = fc.constantFrom(...(Object.keys(prefixes) as (keyof typeof prefixes)[]))
const unit = fc.constantFrom('Hz', 'Pa', 'eV', 'bar')

test('units with a prefix are that much larger; units of other things never equal', () => {
  fc.assert(
    fc.property(whole, prefix, prefix, unit, unit, (n, a, b, one, other) => {
      const sized = `${n} \\text{ ${a}${one}}`
      const factor = prefixes[a] / prefixes[b]
      const moved = factor >= 1 ? `${n * factor}` : `\\frac{${n}}{${Math.round(1 / factor)}}`
      for (const policy of ['reward', 'eval'] as const) {
        expect(correct(sized, `${moved} \\text{ ${b}${one}}`, policy)).toBe(true)
        expect(correct(sized, `${n} \\text{ ${b}${one}}`, policy)).toBe(a === b)
        if (one !== other && !(one.match(/Pa|bar/) && other.match(/Pa|bar/)))
          expect(correct(sized, `${n} \\text{ ${a}${other}}`, policy)).toBe(false)
      }
    }),
    { numRuns: 100 },
  )
})
