// Equality rests on a proof, or on digits past all that could hide a difference; what stays undecided is
// not right. By construction: pairs that are equal, and the same pairs with one thing changed.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { angle, exp, ln, turn } from '../../../src/rewards/grade/algebra/elementary.ts'
import { exact, minus, type Real, sizeOf } from '../../../src/rewards/grade/algebra/real.ts'
import { grade } from '../../../src/rewards/grade/grade.ts'
import { numberNear } from '../../../src/rewards/verifiers/number-near.ts'

type Pairs = readonly (readonly [gold: string, pred: string])[]
const policies = ['reward', 'eval'] as const
const right = (gold: string, pred: string, policy: 'reward' | 'eval') =>
  grade({ gold, pred: `\\boxed{${pred}}` }, policy).correct
const failing = (pairs: Pairs, expected: boolean) =>
  pairs.filter(([gold, pred]) => policies.some(policy => right(gold, pred, policy) !== expected))

test('numbers nearer to each other than doubles, or 60 digits, can tell', () => {
  const pairs: Pairs = [
    ['2^{\\frac{1}{2^{1000}}}', '8^{\\frac{1}{2^{1000}}}'],
    ['[2^{\\frac{1}{2^{1000}}}, \\infty)', '[8^{\\frac{1}{2^{1000}}}, \\infty)'],
    ['2^{\\frac{1}{2^{1000}}}', '1'],
    ['2^{\\frac{1}{2^{100}}}', '3^{\\frac{1}{2^{100}}}'],
    ['e^{-1000}', '0'],
    ['e^{-1000}', 'e^{-1001}'],
    ['\\sqrt{2}+e^{-60}', '\\sqrt{2}'],
    ['\\sin(10^{-200})', '\\sin(2\\cdot10^{-200})'],
    ['\\sqrt{10^{40}+1}', '10^{20}'],
    ['\\cos(10^{-9})', '1'],
    ['[0,1]\\cup[1+10^{-30},2]', '[0,2]'],
    ['e^{\\pi\\sqrt{163}}', '262537412640768744'],
    ['2^{10^9}', '2^{3^{20}}'],
    ['10^{10^{10}}+1', '10^{10^{10}}'],
    ['1+e^{-e^{20}}', '1'],
    ['\\sqrt{1000001}+\\sqrt{1000025}+\\sqrt{1000031}+\\sqrt{1000084}', '\\sqrt{1000000}+\\sqrt{1000028}+\\sqrt{1000042}+\\sqrt{1000071}'],
  ] // biome-ignore format: a table
  expect(failing(pairs, false)).toEqual([])
  expect(grade({ gold: '\\cos(e^{-e^{20}})', pred: '\\boxed{1}' }, 'eval').reason).toBe('undecided')
})

test('numbers that are equal are proved to be', () => {
  const pairs: Pairs = [
    ['\\sqrt{2+\\sqrt{3}}', '\\frac{\\sqrt{6}+\\sqrt{2}}{2}'],
    ['\\cos 36^\\circ', '\\frac{1+\\sqrt{5}}{4}'],
    ['\\sqrt[3]{2+\\sqrt{5}}', '\\frac{1+\\sqrt{5}}{2}'],
    ['\\sin 75^\\circ', '\\frac{\\sqrt{2+\\sqrt{3}}}{2}'],
  ]
  for (const [gold, pred] of pairs)
    expect(grade({ gold, pred, mode: 'answer' }), gold).toMatchObject({ method: 'symbolic' })
  expect(
    failing([['1+\\sin\\pi', '1'], ['\\arctan 1+\\arctan 2+\\arctan 3', '\\pi'], ['\\ln 8', '3\\ln 2']], true), // biome-ignore format: pairs
  ).toEqual([])
})

test('expressions that are real only in places are compared there', () => {
  const pairs: Pairs = [
    ['(1-x^2)^{3/2}', '(1-x^2)\\sqrt{1-x^2}'],
    ['(x-2)^{3/2}', '(x-2)\\sqrt{x-2}'],
    ['\\arcsin x', '\\frac{\\pi}{2}-\\arccos x'],
    ['\\ln(x-2)+\\ln(x-3)', '\\ln((x-2)(x-3))'],
    ['\\sqrt{x-5}\\sqrt{7-x}', '\\sqrt{(x-5)(7-x)}'],
  ]
  expect(failing(pairs, true)).toEqual([])
  const others: Pairs = [
    ['(1-x^2)^{3/2}', '(1+x^2)\\sqrt{1-x^2}'],
    ['\\arcsin x', '\\frac{\\pi}{2}+\\arccos x'],
    ['\\sqrt{x^2}', 'x'],
  ]
  expect(failing(others, false)).toEqual([])
})

test('what always or never holds says nothing, and names and exponents are not dropped', () => {
  const pairs: Pairs = [
    ['(a+b)^2=a^2+b^2+2ab', 'x=x'],
    ['x=x+1', 'y=y+2'],
    ['2x=x+x', '3y=2y+y'],
    ['\\sin^2 x+\\cos^2 x=2', 'y=y+1'],
    ['x+1', 'x=x+1'],
    ['\\sin^2t', '\\sin^n^2t'],
    ['\\log_2 x', '\\log_3_2 x'],
    ['D=(0,1)', 'D1=(0,1)'],
    ['0', '\\ldots0'],
    ['0', '0\\cdot\\ldots'],
  ]
  expect(failing(pairs, false)).toEqual([])
})

const small = fc.integer({ min: 2, max: 60 })

test('a number changed by less than it shows is another number', () => {
  const hidden = fc.constantFrom<(k: number) => string>(
    k => `e^{-${7 * k}}`,
    k => `10^{-${3 * k}}`,
    k => `\\sin(10^{-${2 * k}})`,
    k => `\\pi^{-${4 * k}}`,
    k => `(2^{2^{-${k}}}-1)`,
  )
  const known = fc.constantFrom('1', '\\sqrt{2}', '\\pi', '\\ln 3', 'e^2', '\\frac{\\sqrt{3}-1}{2}', '\\cos 1', 'x', '\\sqrt{x}') // biome-ignore format: a list
  fc.assert(
    fc.property(known, hidden, small, small, (base, hide, k, other) => {
      for (const policy of policies) {
        if (k > 9 || policy === 'reward')
          expect(
            grade({ gold: base, pred: `${base}+${hide(k + 9)}`, mode: 'answer' }, policy).correct,
          ).not.toBe(true)
        if (k !== other)
          expect(grade({ gold: hide(k), pred: hide(other), mode: 'answer' }, policy).correct).toBe(
            false,
          )
      }
    }),
    { numRuns: 150 },
  )
})

test('a root written apart is the same, and another with one radicand changed', () => {
  fc.assert(
    fc.property(small, small, fc.integer({ min: 2, max: 5 }), (a, b, n) => {
      const nested = `\\sqrt{${a + b}+2\\sqrt{${a * b}}}`
      expect(right(`\\sqrt{${a}}+\\sqrt{${b}}`, nested, 'reward')).toBe(true)
      expect(right(`\\sqrt{${a}}+\\sqrt{${b + 1}}`, nested, 'reward')).toBe(false)
      expect(
        right(`\\sqrt[${n}]{${a}}\\sqrt[${n}]{${b}}`, `\\sqrt[${n}]{${a * b}}`, 'reward'),
      ).toBe(true)
      expect(right(`\\ln ${a}+\\ln ${b}`, `\\ln ${a * b}`, 'reward')).toBe(true)
      expect(right(`\\ln ${a}+\\ln ${b}`, `\\ln ${a * b + 1}`, 'reward')).toBe(false)
    }),
    { numRuns: 60 },
  )
})

test('every elementary value lies within its bound of a more precise one', () => {
  const real: fc.Arbitrary<Real> = fc
    .tuple(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), fc.integer({ min: -120, max: -58 }))
    .map(([m, e]) => ({ m, e, r: exact }))
  const near = (a: Real | null, b: Real | null, p: number) => {
    if (a && b) expect(sizeOf(minus(a, b, 2 * p))).toBeLessThanOrEqual(a.r)
  }
  fc.assert(
    fc.property(real, real, fc.integer({ min: 60, max: 700 }), (x, y, p) => {
      near(exp(x, p), exp(x, p + 90), p + 200)
      near(ln(x, p), ln(x, p + 90), p + 200)
      near(angle(x, y, p), angle(x, y, p + 90), p + 200)
      const [few, many] = [turn(x, p)!, turn(x, p + 90)!]
      for (const k of [0, 1]) near(few[k], many[k], p + 200)
    }),
    { numRuns: 300 },
  )
})

test('a tolerance is finite', () => {
  expect(() => numberNear({ absolute: Infinity })).toThrow(RangeError)
  expect(() => numberNear({ relative: Number.NaN })).toThrow(RangeError)
})
