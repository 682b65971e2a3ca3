import { expect, test } from 'vitest'
import {
  answerKind,
  attackSuccess,
  attacks,
  type VerifiedCase,
  verifierQuality,
} from '../../src/eval/verifier-quality.ts'
import { random } from '../../src/numbers/random.ts'
import { grade } from '../../src/rewards/grade/grade.ts'

const cases = (right: number, wrong: number, said: boolean | null): VerifiedCase[] =>
  Array.from({ length: right + wrong }, (_, i) => ({ kind: 'k', expected: i < right, said }))

test.each([
  [1000, 1000, 0.5, 0.5],
  [291, 709, 0.291, 0.709],
])(
  '%d right, %d wrong: always yes %d, always no %d (VerifyBench, arXiv:2505.15801)',
  (right, wrong, yes, no) => {
    expect(verifierQuality(cases(right, wrong, true)).accuracy).toBeCloseTo(yes, 12)
    expect(verifierQuality(cases(right, wrong, false)).accuracy).toBeCloseTo(no, 12)
    const untold = verifierQuality(cases(right, wrong, null))
    expect([untold.accuracy, untold.untold, untold.precision]).toEqual([
      0,
      right + wrong,
      Number.NaN,
    ])
  },
)

test('whoever accepts what either of two accepts finds no less, and is no surer (arXiv:2505.22203)', () => {
  const draw = random(1)
  for (let round = 0; round < 100; round++) {
    // a rule that accepts nothing wrong, and a model that may
    const rows = Array.from({ length: 40 }, () => {
      const expected = draw() < 0.5
      return { kind: 'k', expected, rule: expected && draw() < 0.6, model: draw() < 0.5 }
    })
    const rule = verifierQuality(rows.map(one => ({ ...one, said: one.rule })))
    const either = verifierQuality(rows.map(one => ({ ...one, said: one.rule || one.model })))
    expect(either.recall).toBeGreaterThanOrEqual(rule.recall)
    if (rule.precision === 1) expect(either.precision).toBeLessThanOrEqual(1)
    const { precision, recall, f1 } = either
    expect(f1).toBeCloseTo((2 * precision * recall) / (precision + recall), 12)
  }
})

test.each([
  ['42', 'numeric'],
  ['-1,234.5', 'numeric'],
  ['50\\%', 'numeric'],
  ['\\boxed{(C)}', 'choice'],
  ['x^2 + 1', 'expression'],
  ['\\frac{1}{2}', 'expression'],
  ['Paris', 'string'],
])('%s is %s', (gold, kind) => {
  expect(answerKind(gold)).toBe(kind)
})

test('the grader of boxed answers takes none of thirteen attacks', () => {
  expect(Object.keys(attacks)).toHaveLength(13)
  for (const gold of ['42', '\\frac{1}{2}', 'x + 1', 'C', 'Paris', '(1, 2)', '[0, 1)', '50\\%'])
    for (const [name, pred] of Object.entries(attacks))
      expect([gold, name, grade({ gold, pred }).correct]).toEqual([gold, name, false])
  expect(attackSuccess({ a: [true, null, false, true] })).toEqual({ a: 0.5 })
})
