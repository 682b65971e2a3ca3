import { expect, test } from 'vitest'
import { verdict } from '../../src/credit/verdict.ts'
import type { ValueInput } from '../../src/method.ts'
import { random } from '../../src/numbers/random.ts'
import { verdictPairs } from '../../src/update/verdict-pairs.ts'
import { exampleGroup, f32 } from '../example-groups.ts'

/** A rollout of three tokens, the last of which another wrote, and what a verifier says at its end. */
const rollout = (said: number, outcome: number): ValueInput => ({
  values_T: f32(9, said, 9),
  before_T: f32(0, 0, 0),
  returns_T: f32(outcome, outcome, outcome),
  trained_T: Uint8Array.of(1, 1, 0),
})

test('log 2 where right and wrong are said the same of (arXiv:2508.05613, eq. 3)', () => {
  const { loss, dvalues_G_T } = verdictPairs().of([rollout(0.3, 1), rollout(0.3, 0)])
  expect(loss).toBeCloseTo(Math.LN2, 6)
  expect(dvalues_G_T).toEqual([f32(0, -0.5, 0), f32(0, 0.5, 0)])
})

test('slopes are those of central differences', () => {
  const draw = random(2)
  const of = (said: readonly number[]) =>
    verdictPairs().of(said.map((x, g) => rollout(x, Number(g < 2))))
  for (let round = 0; round < 50; round++) {
    const said = Array.from({ length: 5 }, () => 4 * draw() - 2)
    const { dvalues_G_T } = of(said)
    for (const [g, x] of said.entries()) {
      const at = (d: number) => of(said.with(g, x + d)).loss
      expect(dvalues_G_T[g]![1]).toBeCloseTo((at(1e-2) - at(-1e-2)) / 2e-2, 3)
    }
  }
})

test('without a right rollout, or a wrong one, there is nothing to learn', () => {
  const { loss, dvalues_G_T, metrics } = verdictPairs().of([rollout(1, 1), rollout(2, 1)])
  expect([loss, metrics['verifier/told']]).toEqual([0, 0])
  expect(dvalues_G_T).toEqual([f32(0, 0, 0), f32(0, 0, 0)])
})

test('a verdict is the sigmoid at the end, or the outcome by the rule; what is not known stays so', () => {
  const group = exampleGroup([2], [1], [1])
  const rewards = { outcome_G: [0, null, Number.NaN], values_G_T: [f32(9, 0), f32(1), f32(1)] }
  expect(verdict({ byRule: false })(group, rewards)).toEqual([f32(0.5, 0.5), null, f32(Number.NaN)])
  expect(verdict({ byRule: true })(group, rewards)).toEqual([f32(0, 0), null, f32(Number.NaN)])
})
