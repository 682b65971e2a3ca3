// What has an order or a direction: relations of sets and statements, compositions, angles, derivatives, roundings. Turned
// round it is something else, and said from the other side it is the same.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { grade } from '../../../src/rewards/grade/grade.ts'

const both = (gold: string, pred: string) =>
  (['reward', 'eval'] as const).map(policy => grade({ gold, pred, mode: 'answer' }, policy).correct)
const right = [true, true]
const wrong = [false, false]

const letter = fc.constantFrom(...'ABDGHKMPQRSTUVWXYZ')
const pair = fc.uniqueArray(letter, { minLength: 2, maxLength: 2 }) as fc.Arbitrary<
  [string, string]
>
const triple = fc.uniqueArray(letter, { minLength: 3, maxLength: 3 }) as fc.Arbitrary<
  [string, string, string]
>

test.each([
  ['\\subset', '\\supset'],
  ['\\subseteq', '\\supseteq'],
  ['\\to', '\\leftarrow'],
  ['\\implies', '\\impliedby'],
  ['\\Rightarrow', '\\Leftarrow'],
])('%s has a direction, and is %s from the other side', (sign, mirrored) => {
  fc.assert(
    fc.property(pair, ([a, b]) => {
      expect(both(`${a} ${sign} ${b}`, `${a} ${sign} ${b}`)).toEqual(right)
      expect(both(`${a} ${sign} ${b}`, `${b} ${mirrored} ${a}`)).toEqual(right)
      expect(both(`${a} ${sign} ${b}`, `${b} ${sign} ${a}`)).toEqual(wrong)
      expect(both(`${a} ${sign} ${b}`, `${a} ${mirrored} ${b}`)).toEqual(wrong)
      expect(both(`${a} ${sign} ${b}`, `${a} \\iff ${b}`)).toEqual(wrong)
      expect(both(`${a} \\iff ${b}`, `${b} \\Leftrightarrow ${a}`)).toEqual(right)
    }),
  )
})

test('both and either are not the same of statements, and both binds closer', () => {
  expect(both('p \\land q', 'q \\wedge p')).toEqual(right)
  expect(both('p \\land q', 'p \\lor q')).toEqual(wrong)
  expect(both('\\neg p \\lor q', '\\neg p \\land q')).toEqual(wrong)
  expect(both('p \\land q \\lor r', 'r \\lor q \\land p')).toEqual(right)
  expect(both('p \\land q \\lor r', 'p \\lor q \\land r')).toEqual(wrong)
  expect(both('2 \\text{ or } 3', '2 \\text{ and } 3')).toEqual(right) // two values
})

test('sets are joined in any order, and taken off in one', () => {
  expect(both('A \\cup B', 'B \\cup A')).toEqual(right)
  expect(both('A \\cap (B \\cap D)', 'B \\cap A \\cap D')).toEqual(right)
  expect(both('A \\setminus B', 'B \\setminus A')).toEqual(wrong)
  expect(both('A \\cup B', 'A \\cap B')).toEqual(wrong)
})

test('the corner of an angle stands in the middle', () => {
  fc.assert(
    fc.property(triple, ([a, b, c]) => {
      expect(both(`\\angle ${a}${b}${c}`, `\\angle ${c}${b}${a}`)).toEqual(right)
      expect(both(`\\angle ${a}${b}${c}`, `\\angle ${a}${c}${b}`)).toEqual(wrong)
      expect(both(`\\angle ${a}${b}${c} = 60^\\circ`, '60')).toEqual(right)
    }),
  )
})

test('functions are composed in an order, and derived as often as is written', () => {
  expect(both('f \\circ g', 'f \\circ g')).toEqual(right)
  expect(both('f \\circ g', 'g \\circ f')).toEqual(wrong)
  expect(both('60^\\circ', '60\\degree')).toEqual(right)
  for (const name of ['f', 'g', 'h', 'y'])
    expect(both(`${name}''(x)`, `${name}'(x)`)).toEqual(wrong)
  expect(both('E[X^2]', 'E[X]^2')).toEqual(wrong)
  expect(both('\\mathbb{E}[X]^2', '\\mathbb{E}[X]^2')).toEqual(right)
})

test('figures are congruent or similar; numbers are nearly equal', () => {
  const [abc, def] = ['\\triangle ABC', '\\triangle DEF']
  expect(both(`${abc} \\cong ${def}`, `${abc} \\cong ${def}`)).toEqual(right)
  expect(both(`${abc} \\cong ${def}`, `${abc} \\sim ${def}`)).toEqual(wrong)
  expect(both('x \\cong 3.2', 'x \\approx 3.2')).toEqual(right)
})

test('rounding down is not rounding up, where numbers are real', () => {
  fc.assert(
    fc.property(fc.constantFrom('x', 'y', 't', '\\theta'), fc.nat(9), (x, n) => {
      const down = `\\lfloor ${x} + ${n} \\rfloor`
      expect(both(down, `\\lceil ${x} + ${n} \\rceil`)).toEqual(wrong)
      expect(both(down, `${n} + \\lfloor ${x} \\rfloor`)).toEqual(right)
      expect(both(`\\lceil ${x} \\rceil`, `-\\lfloor -${x} \\rfloor`)).toEqual(right)
      expect(both(`\\lceil ${x} \\rceil - \\lfloor ${x} \\rfloor`, '1')).toEqual(wrong)
    }),
  )
  // a count rounds as whole numbers do
  expect(both('\\lfloor \\frac{n+1}{2} \\rfloor', '\\lceil \\frac{n}{2} \\rceil')).toEqual(right)
})

test('the constant of an integration has either case, a name of the problem its own', () => {
  expect(both('\\frac{x^3}{3} + C', '\\frac{x^3}{3} + c')).toEqual(right)
  expect(both('\\ln t + C', 'C + \\ln t')).toEqual(right)
  expect(both('x + C', 'x')).toEqual(wrong)
  expect(both('A + B + C', 'A + B + c')).toEqual(wrong)
  expect(both('c + C', 'c + c')).toEqual(wrong)
})

test('a percentage is no angle', () => {
  expect(both('37.5\\%', '37.5^\\circ')).toEqual(wrong)
  expect(both('60^\\circ', '60\\%')).toEqual(wrong)
})

test('a sentence that says of its answer that it is not so has none', () => {
  const verdict = (pred: string) => grade({ gold: '5', pred, mode: 'text' }, 'reward').correct
  for (const said of [
    'It is not true that the answer is \\boxed{5}.',
    'It is wrong that $n = \\boxed{5}$',
    "So it's incorrect that the sum equals $\\boxed{5}$.",
  ])
    expect(verdict(said)).not.toBe(true)
  for (const said of [
    'It is true that the answer is \\boxed{5}.',
    'Assuming 4 was wrong. That gives \\boxed{5}.',
    'It is not hard to see that the answer is \\boxed{5}.',
  ])
    expect(verdict(said)).toBe(true)
})
