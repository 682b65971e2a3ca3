import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EngineError } from '../../src/errors.ts'
import {
  type FormulaName,
  formulaFor,
  formulaNames,
  stepFormulas,
} from '../../src/rewards/step-formulas.ts'

const ln = Math.log

describe('a formula reads one row of logits', () => {
  // softmax of (ln 1, ln 3) is (1/4, 3/4); of (ln 2, ln 1, ln 5) it is (1/4, 1/8, 5/8); sigmoid(ln 3) is 3/4
  test.each<[FormulaName, number[], number]>([
    ['difference', [0, ln(3)], 0.5],
    ['probability', [0, ln(3)], 0.75],
    ['sigmoid', [ln(3)], 0.75],
    ['raw', [-2.5], -2.5],
    ['validity', [ln(2), 0, ln(5)], 0.75],
    ['product', [ln(3), 0], 0.375],
    ['first', [2.5, 9], 2.5],
  ])('%s', (name, logits, expected) => {
    const { classes, of } = stepFormulas[name]
    expect(classes).toBe(logits.length)
    const rows = Float32Array.from([...logits.map(() => 9), ...logits])
    expect(of(rows, classes)).toBeCloseTo(expected, 6)
  })

  test('is within its range, also where logits are large', () => {
    const logit = fc.float({ min: -1e4, max: 1e4, noNaN: true })
    fc.assert(
      fc.property(
        fc.constantFrom(...formulaNames),
        fc.array(logit, { minLength: 3 }),
        (name, x) => {
          const { range, of } = stepFormulas[name]
          const score = of(Float32Array.from(x), 0)
          expect(score).toBeGreaterThanOrEqual(range[0])
          expect(score).toBeLessThanOrEqual(range[1])
        },
      ),
    )
  })

  test('refuses a head with another number of outputs', () => {
    const info = {
      architecture: 'qwen2',
      head: 'token-classification',
      parameters: 1,
      vocabSize: 1,
      maxPositions: 1,
      classes: 3,
    } as const
    expect(formulaFor('validity', info)).toBe(stepFormulas.validity)
    expect(() => formulaFor('sigmoid', info)).toThrow(
      new EngineError("the score 'sigmoid' is of 1 outputs; this model's head has 3"),
    )
  })
})
