// What else a text could be read as: letters as a word, a determinant as a matrix, a function's pieces as a
// list, an option in a formula. What it is, is right; what it only looks like, is not.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { grade } from '../../../src/rewards/grade/grade.ts'

const correct = (gold: string, pred: string, policy: 'reward' | 'eval' = 'reward') =>
  grade({ gold, pred, mode: 'answer' }, policy).correct
const both = (gold: string, pred: string) =>
  (['reward', 'eval'] as const).map(policy => correct(gold, pred, policy))
const right = [true, true]
const wrong = [false, false]

const small = fc.integer({ min: -9, max: 9 })
const positive = fc.integer({ min: 2, max: 99 })
const run = fc
  .uniqueArray(fc.constantFrom(...'abcdghkmnpqrstuvwxyz'), { minLength: 3, maxLength: 4 })
  .map(letters => letters.join(''))
const product = run.filter(
  letters => !['day', 'man', 'may', 'sat', 'gray', 'tan', 'max'].includes(letters),
)

test('letters side by side are symbols, which have a case', () => {
  const forms = [
    (letters: string) => letters,
    (letters: string) => `\\frac{${letters}}{2}`,
    (letters: string) => `${letters} + 1`,
    (letters: string) => `E = ${letters}`,
    (letters: string) => `(1, ${letters})`,
    (letters: string) => `\\text{area } ${letters}`,
  ]
  fc.assert(
    fc.property(product, fc.nat(3), fc.constantFrom(...forms), (letters, at, form) => {
      const i = at % letters.length
      const other = letters.slice(0, i) + letters[i].toUpperCase() + letters.slice(i + 1)
      expect(both(form(letters), form(letters))).toEqual(right)
      expect(both(form(letters), form(other))).toEqual(wrong)
    }),
    { numRuns: 200 },
  )
})

test.each([
  ['Yes', 'yes'],
  ['Yes', 'YES'],
  ['\\text{New York}', 'new york'],
  ['\\text{Bob}', '\\text{bob}'],
  ['ellipse', '\\text{An Ellipse}'],
  ['\\text{ Never }', 'never'],
])('the case of a word means nothing: %s, %s', (gold, pred) => {
  expect(both(gold, pred)).toEqual(right)
})

test('a determinant is the number that it is, and no matrix', () => {
  fc.assert(
    fc.property(fc.array(small, { minLength: 9, maxLength: 9 }), m => {
      const [a, b, c, d, e, f, g, h, i] = m
      const value = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
      const body = `${a} & ${b} & ${c} \\\\ ${d} & ${e} & ${f} \\\\ ${g} & ${h} & ${i}`
      const [bars, round] = ['vmatrix', 'pmatrix'].map(
        name => `\\begin{${name}} ${body} \\end{${name}}`,
      )
      expect(correct(bars, String(value))).toBe(true)
      expect(correct(bars, String(value + 1))).toBe(false)
      expect(both(round, bars)).toEqual(wrong)
      expect(both(bars, round)).toEqual(wrong)
    }),
    { numRuns: 60 },
  )
})

test('the pieces of a function go with their conditions, in whatever order', () => {
  fc.assert(
    fc.property(small, small, small, (a, b, at) => {
      fc.pre(a !== b)
      const cases = (rows: readonly string[]) =>
        `\\begin{cases} ${rows.join(' \\\\ ')} \\end{cases}`
      const [low, high] = [`x < ${at}`, `x \\ge ${at}`]
      const gold = `f(x) = ${cases([`${a}x & ${low}`, `${b}x & ${high}`])}`
      expect(
        both(gold, cases([`${b}x, & \\text{if } ${high}`, `${a}x, & \\text{if } ${low}`])),
      ).toEqual(right)
      expect(both(gold, cases([`${b}x & ${low}`, `${a}x & ${high}`]))).toEqual(wrong)
      expect(both(gold, cases([`${a}x & ${low}`, `${b}x & x > ${at}`]))).toEqual(wrong)
      expect(both(gold, cases([`${a}x & ${low}`]))).toEqual(wrong)
    }),
    { numRuns: 60 },
  )
})

test.each([
  ['f(x) = x^2', 'f(X) = x^2'],
  ['f(x) = ax', 'f(a) = ax'],
  ['x \\in [1,2]', 'y \\in [1,2]'],
  ['x \\in [1,2]', '2x \\in [1,2]'],
  ['x = 2, 5', 'y = 2, 5'],
  ['a \\le b', 'A \\le b'],
  ['(a, 1)', '(A, 1)'],
  ['a = 3, b = 1', 'A = 3, b = 1'],
  ['\\text{(B)}', '\\text{(B)} \\text{ is wrong}'],
  ['\\text{(B)}', '\\text{(B)} \\text{ or } 77'],
  ['C', 'C \\cdot 3'],
  ['C', 'C+1'],
  ['C', 'C \\text{ is wrong}'],
  ['B', '\\text{No option B}'],
  ['B', 'the answer is not B'],
  ['\\text{Tuesday}', '-(\\text{Tuesday})'],
  ['\\text{Yes}', '\\text{Yes}?'],
  ['\\text{March } 14', '14'],
  ['\\text{March } 14', '\\text{May 14}'],
  ['\\text{third}', '\\frac13'],
])('a name, a letter and what is said of it count: %s is not %s', (gold, pred) => {
  expect(both(gold, pred)).toEqual(wrong)
})

test.each([
  ['f(x) = x^2', 'f(t) = t^2'],
  ['A, C', '\\text{A and C}'],
  ['A, C', 'c, a'],
  ['D', '\\text{D) }'],
  ['\\text{(B)}', '\\text{(B) False}'],
  ['(3,-2)', 'y = -2, x = 3'],
  ['\\text{March } 14', '\\text{14th of March}'],
  ['3^{\\text{rd}}', '\\text{third}'],
  ['3^{rd}', '\\text{3rd}'],
  ['\\mathbb{R}', '\\text{all real numbers}'],
  ['\\text{no solution}', '\\text{There is no solution}'],
  ['\\text{infinitely many}', '\\text{infinitely many solutions}'],
  ['3\\mathbf{i}-4\\mathbf{j}', '3\\hat{i}-4\\hat{\\jmath}'],
  ['3.14', '\\approx 3.14'],
  ['9', '\\underline{9}'],
  ['\\frac79', '\\ \\frac{7}{9}\\ '],
])('%s in other words: %s', (gold, pred) => {
  expect(both(gold, pred)).toEqual(right)
})

test('numbers in words, raised digits and bases in words are the numbers', () => {
  const ones = 'one two three four five six seven eight nine'.split(' ')
  const digits = [...'⁰¹²³⁴⁵⁶⁷⁸⁹']
  const high = (n: number) =>
    [...String(n)].map(c => (c === '-' ? '⁻' : digits[Number(c)])).join('')
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), positive, (one, n) => {
      expect(both(String(20 + one), `\\text{twenty-${ones[one - 1]}}`)).toEqual(right)
      expect(both(String(21 + one), `\\text{twenty-${ones[one - 1]}}`)).toEqual(wrong)
      for (const power of [n, -n]) {
        expect(both(`3 \\times 10^{${power}}`, `3 × 10${high(power)}`)).toEqual(right)
        expect(both(`3 \\times 10^{${power + 1}}`, `3 × 10${high(power)}`)).toEqual(wrong)
      }
      const binary = n.toString(2)
      expect(both(`${binary}_2`, `${binary}_{\\text{two}}`)).toEqual(right)
      expect(both(`${binary}_2`, `${binary}_{\\text{three}}`)).toEqual(wrong)
    }),
    { numRuns: 60 },
  )
})
