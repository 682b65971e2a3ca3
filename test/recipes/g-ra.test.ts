import { expect, test } from 'vitest'
import { gatedSteps, rung } from '../../src/credit/gated-steps.ts'
import { below, random } from '../../src/numbers/random.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'

const texts = { none: 'no answer', empty: '\\boxed{ }', wrong: '\\boxed{1}', right: '\\boxed{2}' }
const group = exampleGroup(
  ...Object.values(texts).map(text => ({ ...exampleRollout([1, 2]), text })),
)
const rewards = {
  outcome_G: [0, 0, 0, 1],
  steps_G_S: group.rollouts.map(() => f32(0.5, -0.25)),
}

test('the rungs: no answer, an empty one, a wrong one, a right one (arXiv:2508.10548, section 3)', () => {
  const rungs = Object.values(texts).map((text, g) => rung({ text }, rewards.outcome_G[g]!))
  expect(rungs).toEqual([-1, -0.5, 0, 1])
})

test('steps count at the gate and above it, and nothing below', () => {
  expect(gatedSteps({ gate: 0 })(group, rewards)).toEqual([
    f32(-1, -1, -1),
    f32(-0.5, -0.5, -0.5),
    f32(0.25, -0.25, -0.25),
    f32(1.25, 0.75, 0.75),
  ])
})

test('a gate at the bottom is the plain sum, one at the top the outcome alone, for any steps', () => {
  const draw = random(3)
  for (let round = 0; round < 50; round++) {
    const steps_G_S = group.rollouts.map(() => f32(draw() - 0.5, draw() - 0.5))
    const outcome_G = group.rollouts.map(() => below(draw, 2))
    const of = (gate: number) => gatedSteps({ gate, weight: 0.5 })(group, { outcome_G, steps_G_S })
    for (const [g, steps_S] of steps_G_S.entries()) {
      const reached = rung(group.rollouts[g]!, outcome_G[g]!)
      expect(of(2)[g]).toEqual(f32(reached, reached, reached))
      expect(of(-2)[g]![0]).toBeCloseTo(reached + 0.5 * (steps_S[0]! + steps_S[1]!), 6)
      expect(of(-2)[g]![2]).toBeCloseTo(reached + 0.5 * steps_S[1]!, 6)
    }
  }
})

test('what is not known stays so, but for steps that would not count; what is no number too', () => {
  const found = gatedSteps({ gate: 0 })(group, {
    outcome_G: [0, null, 0, Number.NaN],
    steps_G_S: [null, f32(1, 1), null, f32(1, 1)],
  })
  expect(found).toEqual([f32(-1, -1, -1), null, null, f32(Number.NaN, Number.NaN, Number.NaN)])
})
