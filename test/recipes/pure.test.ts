// What PURE's recipes say of labels that are missing, and of the KL in the reward.

import { expect, test } from 'vitest'
import type { Method, Rewards } from '../../src/method.ts'
import { type Needs, once, type Recipe, resolve } from '../../src/recipe.ts'
import { recipes } from '../../src/recipes/index.ts'
import type { Problem } from '../../src/types.ts'
import { exampleGroup, f32 } from '../example-groups.ts'
import { toyNeeds, toyPolicy } from '../toy.ts'

const problems: readonly Problem[] = ['42', null].map((answer, p) => ({
  ...exampleGroup().problem,
  id: `p${p}`,
  answer,
}))

/** Rollouts of fixed shapes, judged by their index; a problem without answer is not graded. */
const needs: Needs = {
  ...toyNeeds(toyPolicy()),
  sample: n => async problems =>
    problems.map((problem, p) => {
      const shapes = Array.from({ length: n }, (_, g) => [2 + g, 1, 1 + p])
      return { ...exampleGroup(...shapes), problem }
    }),
  grade: async groups =>
    groups.map(({ problem, rollouts }) => ({
      outcome_G: rollouts.map((_, g) => (problem.answer === null ? null : g % 2)),
    })),
  scoreSteps: async groups =>
    groups.map(({ rollouts }) => ({
      steps_G_S: rollouts.map((_, g) => f32(0.5, g % 3 ? 0.9 : -0.7, 0.25)),
    })),
}

test('where a label is missing, pure-prm-vr learns what pure-prm learns', async () => {
  const advantagesOf = async (name: string) => {
    const recipe = recipes.find(r => r.name === name) as Recipe
    const options = resolve(recipe, { whiten: 'false' })
    return (await iteration(recipe.build(options, needs, once))).advantages_P_G_T
  }
  const [mixed, processOnly] = [await advantagesOf('pure-prm-vr'), await advantagesOf('pure-prm')]
  expect(mixed[1]).toEqual(processOnly[1]) // the problem without an answer
  expect(mixed[0]).not.toEqual(processOnly[0])
})

test('worst-step gives all tokens of a rollout one advantage; with -vr outcomes add to it where they are known', async () => {
  const firstsOf = async (name: string) => {
    const recipe = recipes.find(r => r.name === name) as Recipe
    const plain = resolve(recipe, { whiten: 'false', maskClosing: 'false' })
    const { advantages_P_G_T } = await iteration(recipe.build(plain, needs, once))
    return advantages_P_G_T.map(advantages_G_T =>
      advantages_G_T.map(advantages_T => {
        expect(new Set(advantages_T).size).toBe(1)
        return advantages_T[0]!
      }),
    )
  }
  const [alone, mixed] = [await firstsOf('worst-step'), await firstsOf('worst-step-vr')]
  const against = (values: readonly number[], g: number): number =>
    values[g]! - values.reduce((sum, v, k) => sum + (k === g ? 0 : v), 0) / (values.length - 1)
  const worst_G = alone[0]!.map((_, g) => (g % 3 === 0 ? -0.7 : 0.25))
  const outcome_G = worst_G.map((_, g) => g % 2)
  for (const g of worst_G.keys()) {
    for (const judged of [alone[0]!, alone[1]!, mixed[1]!])
      expect(judged[g]).toBeCloseTo(against(worst_G, g), 5)
    expect(mixed[0]![g]).toBeCloseTo(against(worst_G, g) + against(outcome_G, g), 5)
  }
})

test.each(['pure-prm', 'pure-vr', 'pure-prm-vr', 'sum-form'])(
  '%s: the KL may be in the reward, without a baseline, instead of in the loss',
  async name => {
    const recipe = recipes.find(r => r.name === name) as Recipe
    const advantagesOf = async (overrides: Readonly<Record<string, string>>) => {
      const plain = { whiten: 'false', maskClosing: 'false', klCoef: '0' }
      const method = recipe.build(resolve(recipe, { ...plain, ...overrides }), needs, once)
      expect(method.loss.needsReference).toBe(false)
      return (await iteration(method)).advantages_P_G_T
    }
    const [without, with1, with2] = await Promise.all(
      ['0', '0.5', '1'].map(klRewardCoef => advantagesOf({ klRewardCoef })),
    )
    for (const [p, advantages_G_T] of without.entries())
      for (const [g, advantages_T] of advantages_G_T.entries())
        for (const [t, a] of advantages_T.entries()) {
          const [once, twice] = [with1[p][g][t] - a, with2[p][g][t] - a]
          expect(twice).toBeCloseTo(2 * once, 3)
          expect(once).not.toBe(0)
        }
  },
)

/** One iteration by hand, on a policy that has not moved. */
async function iteration(method: Method) {
  const groups_P = await method.rollouts(problems, 0)
  const rewards_P: readonly Rewards[] = await method.rewards(groups_P)
  const streams_P = groups_P.map((group, p) => method.credit(group, rewards_P[p]))
  const { advantages_P_G_T, metrics } = method.advantages({ groups_P, rewards_P, streams_P })
  return { groups_P, advantages_P_G_T, metrics }
}
