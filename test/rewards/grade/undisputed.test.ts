// Pairs about which nobody disagrees, and what they are instances of.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { grade } from '../../../src/rewards/grade/grade.ts'

interface Pair {
  readonly kind: string
  readonly gold: string
  readonly pred: string
  readonly mode: 'answer' | 'text'
  readonly expected: boolean
}

const pairs = readFileSync('test/fixtures/grader-pairs/pairs.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as Pair)

const correct = (gold: string, pred: string, policy: 'reward' | 'eval' = 'reward') =>
  grade({ gold, pred, mode: 'answer' }, policy).correct

/** What is refused, with the rule that docs/grading.md has for it. */
const refused: Readonly<Record<'reward' | 'eval', Readonly<Record<string, string>>>> = {
  reward: {
    '\\boxed{2+3\\cdot4 = 14}$.': 'a chain has to be worked out',
    '\\boxed{x = 4 + 6 = 10}': 'a chain has to be worked out',
    '7': 'an equation of several letters is no value',
    '\\sqrt{xy}': 'a symbol may be negative',
  },
  eval: {
    '7': 'an equation of several letters is no value',
    '\\sqrt{xy}': 'a symbol may be negative',
  },
}

test.each(['reward', 'eval'] as const)(
  '%s takes nothing wrong, and refuses by its rules',
  policy => {
    expect(pairs.length).toBeGreaterThan(390)
    const verdicts = pairs.map(pair => ({ pair, verdict: grade(pair, policy) }))
    expect(verdicts.filter(({ pair, verdict }) => !pair.expected && verdict.correct)).toEqual([])
    const missed = verdicts.filter(({ pair, verdict }) => pair.expected && !verdict.correct)
    const known = Object.keys(refused[policy])
    expect(missed.filter(({ pair }) => !known.some(end => pair.pred.endsWith(end)))).toEqual([])
    expect(missed).toHaveLength(known.length)
  },
)

const whole = fc.integer({ min: 1, max: 500 })

test('speeds are the same in every spelling, and only when they are', () => {
  const spellings = [
    (n: number) => `${n} \\text{ km/h}`,
    (n: number) => `${n} \\text{ kilometers per hour}`,
    (n: number) => `${n}\\,\\mathrm{km}\\,\\mathrm{h}^{-1}`,
    (n: number) => `\\frac{${5 * n}}{18} \\mathrm{~m} / \\mathrm{s}`,
    (n: number) => `\\frac{${n}000}{3600} \\text{ m s}^{-1}`,
  ]
  const spelling = fc.constantFrom(...spellings)
  fc.assert(
    fc.property(whole, whole, spelling, spelling, (n, m, a, b) => {
      expect(correct(a(n), b(m))).toBe(n === m)
    }),
    { numRuns: 150 },
  )
})

test('congruences are the same where their rests are, and are no numbers', () => {
  fc.assert(
    fc.property(
      whole,
      fc.integer({ min: 2, max: 40 }),
      fc.integer({ min: -5, max: 5 }),
      (a, m, k) => {
        const gold = `x \\equiv ${a} \\pmod{${m}}`
        expect(correct(gold, `x \\equiv ${a + k * m} \\pmod ${m < 10 ? m : `{${m}}`}`)).toBe(true)
        expect(correct(gold, `${a + k * m} (\\text{mod } ${m})`)).toBe(true)
        expect(correct(gold, `x \\equiv ${a + 1} \\pmod{${m}}`)).toBe(false)
        expect(correct(gold, `x \\equiv ${a} \\pmod{${m + 1}}`)).toBe(false)
        expect(correct(gold, String(a))).toBe(false)
        expect(correct(String(a), gold)).toBe(false)
      },
    ),
    { numRuns: 60 },
  )
})

test('the values of a tuple belong to its names, in whatever order those are given', () => {
  const values = fc.uniqueArray(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 4 })
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 3 }), (values, by) => {
      const names = [...'pqrs'].slice(0, values.length)
      const said = (of: readonly number[]) =>
        names.map((name, i) => `${name} = ${of[i]}`).map((_, i, all) => all[(i + by) % all.length])
      const gold = `(${names.join()}) = (${values.join()})`
      const moved = values.map((_, i) => values[(i + 1) % values.length])
      for (const policy of ['reward', 'eval'] as const) {
        expect(correct(gold, said(values).join(', '), policy)).toBe(true)
        expect(correct(said(values).join(', '), gold, policy)).toBe(true)
        expect(correct(gold, said(moved).join(', '), policy)).toBe(false)
      }
    }),
    { numRuns: 60 },
  )
})

test('a temperature has a scale', () => {
  fc.assert(
    fc.property(fc.integer({ min: -40, max: 400 }), n => {
      expect(correct(`${n}^\\circ\\text{C}`, `${n}^{\\circ} C`)).toBe(true)
      expect(correct(`${n}^\\circ\\text{C}`, `${n} \\text{ degrees Celsius}`)).toBe(true)
      expect(correct(`${n}^\\circ\\text{C}`, String(n))).toBe(true)
      expect(correct(`${n}^\\circ\\text{C}`, `${n}^\\circ\\text{F}`)).toBe(false)
      expect(correct(`${n} \\text{ degrees Celsius}`, `${n} \\text{ degrees Fahrenheit}`)).toBe(
        false,
      )
    }),
    { numRuns: 40 },
  )
})

test('a known measure is its value; a predicted one is no number', () => {
  const measure = fc.constantFrom(
    '\\sin A',
    '\\cos\\theta',
    '\\tan(\\alpha+\\beta)',
    '\\det M',
    '\\sin 2x',
  )
  fc.assert(
    fc.property(measure, whole, (name, n) => {
      expect(correct(`${name} = \\frac{${n}}{501}`, `\\frac{${n}}{501}`)).toBe(name !== '\\sin 2x')
      expect(correct(`${name} = \\frac{${n}}{501}`, `\\frac{${n + 1}}{501}`)).toBe(false)
      expect(correct(`\\frac{${n}}{501}`, `${name} = \\frac{${n}}{501}`)).toBe(false)
    }),
    { numRuns: 60 },
  )
})

test('a known decimal may have been cut; a predicted one has not', () => {
  fc.assert(
    fc.property(whole, n => {
      const exact = (n * Math.PI).toFixed(9)
      const cut = exact.slice(0, exact.indexOf('.') + 4)
      const rounded = (n * Math.PI).toFixed(3)
      expect(correct(cut, `${n}\\pi`, 'eval')).toBe(true)
      expect(correct(`${n}\\pi`, cut, 'eval')).toBe(cut === rounded)
      expect(correct(cut, `${n}\\pi`)).toBe(false)
    }),
    { numRuns: 60 },
  )
})
