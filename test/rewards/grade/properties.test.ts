// What holds for every text and every pair of answers.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { extractAnswer, grade } from '../../../src/rewards/grade/grade.ts'
import { normalise, stringKey } from '../../../src/rewards/grade/latex/normalise.ts'
import { TooLarge } from '../../../src/rewards/grade/limits.ts'

const pieces =
  '\\frac{ } \\sqrt { } ( ) [ ] \\left \\right ^ _ + - \\pm * / = < > \\le , ; : | & \\\\ \\{ \\} \\text{ } % \\% $ \\$ ! 0 1 2 10 .5 1e5 2e99999999 9e-7 x y a n e i \\pi \\infty \\cup \\in \\sum_{k=1}^{3} \\begin{pmatrix} \\end{pmatrix} \\boxed{ } and or cm ° ½ − ² \\cdot \\log \\sin \\, \\! ... is \\frac \\binom \\sqrt \\dfrac \\log_ \\sqrt[ .2 .6 1.5 . \\overline{3} \\lfloor \\rfloor \\langle \\rangle f( \\int_ \\vec'.split(
    ' ',
  )
const latex = fc
  .array(fc.constantFrom(...pieces), { maxLength: 14 })
  .chain(parts => fc.constantFrom(parts.join(''), parts.join(' ')))
  .chain(joined => fc.constantFrom(joined, `\\boxed{${joined}}`))
const text = fc.oneof(
  latex,
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
)
const policy = fc.constantFrom('reward' as const, 'eval' as const)
const mode = fc.constantFrom('text' as const, 'answer' as const)

/** Expressions that mean something, with a value at hand. */
const expression: fc.Arbitrary<string> = fc.letrec<{ e: string; leaf: string }>(tie => ({
  leaf: fc.oneof(
    fc.integer({ min: 0, max: 40 }).map(String),
    fc.constantFrom('x', 'y', '\\pi', '0.5', '2\\sqrt{3}'),
  ),
  e: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.tuple(tie('e'), tie('e')).map(([a, b]) => `(${a}+${b})`),
    fc.tuple(tie('e'), tie('e')).map(([a, b]) => `(${a}-${b})`),
    fc.tuple(tie('e'), tie('e')).map(([a, b]) => `(${a})(${b})`),
    tie('e').map(a => `\\frac{${a}}{7}`),
    tie('e').map(a => `(${a})^{2}`),
  ),
})).e

test('nothing throws, and every verdict is one', () => {
  fc.assert(
    fc.property(text, text, mode, policy, (gold, pred, mode, policy) => {
      const verdict = grade({ gold, pred, mode }, policy)
      expect([true, false, null]).toContain(verdict.correct)
      expect(verdict.reason).not.toBe('failed')
      expect(verdict.reason === 'equal').toBe(verdict.correct === true)
      expect(verdict.reason === 'unparsable-gold').toBe(verdict.correct === null)
      expect(extractAnswer(pred, policy)?.length ?? 0).toBeLessThanOrEqual(pred.length + 20)
    }),
    { numRuns: 4000 },
  )
})

test('normalising twice is normalising once', () => {
  fc.assert(
    fc.property(text, raw => {
      const once = normalise(raw)
      expect(normalise(once)).toBe(once)
      expect(stringKey(stringKey(once))).toBe(stringKey(once))
    }),
    { numRuns: 3000 },
  )
  expect(() => normalise('1'.repeat(5000))).toThrow(TooLarge)
})

test('an answer that can be graded equals itself', () => {
  fc.assert(
    fc.property(text, policy, (gold, policy) => {
      expect(grade({ gold, pred: gold, mode: 'answer' }, policy).correct).not.toBe(false)
    }),
    { numRuns: 1500 },
  )
})

test('equality of expressions is symmetric', () => {
  fc.assert(
    fc.property(expression, expression, (a, b) => {
      const one = grade({ gold: a, pred: b, mode: 'answer' }, 'eval').correct
      expect(grade({ gold: b, pred: a, mode: 'answer' }, 'eval').correct).toBe(one)
    }),
    { numRuns: 300 },
  )
})

test('expressions equal what they are rearranged to, and nothing that is added to', () => {
  fc.assert(
    fc.property(expression, expression, fc.integer({ min: 1, max: 9 }), (a, b, k) => {
      const right = (gold: string, pred: string) =>
        grade({ gold, pred, mode: 'answer' }, 'eval').correct
      expect(right(`${a}+${b}`, `${b}+${a}`)).toBe(true)
      expect(right(`(${a})(${b})`, `(${b})\\cdot(${a})`)).toBe(true)
      expect(right(`(${a}-${b})^{2}`, `(${b}-${a})^2`)).toBe(true)
      expect(right(a, `${a}+${k}`)).toBe(false)
      expect(right(`\\sin(${a})`, `\\sin(${a})+10^{-${k + 9}}`)).toBe(false)
    }),
    { numRuns: 150 },
  )
})
