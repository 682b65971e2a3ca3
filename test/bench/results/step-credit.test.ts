// The recipe of studies: any credit rule, and scores that are wrong with a known chance.

import { expect, test } from 'vitest'
import { findRecipe } from '../../../src/cli/training/flags.ts'
import { once, resolve } from '../../../src/recipe.ts'
import type { Group } from '../../../src/types.ts'
import { exampleGroup, expectClose, f32 } from '../../example-groups.ts'
import { toyNeeds, toyPolicy } from '../../toy.ts'

const { recipe } = await findRecipe('bench/results/recipes/step-credit.ts')

function methodOf(overrides: Record<string, string>, scores: readonly number[], seed = 1) {
  const scoreSteps = async (groups: readonly Group[]) =>
    groups.map(({ rollouts }) => ({ steps_G_S: rollouts.map(() => f32(...scores)) }))
  const needs = { ...toyNeeds(toyPolicy()), scoreSteps }
  return recipe.build(resolve(recipe, overrides), needs as never, { ...once, seed })
}

const problem = (p: number): Group => {
  const group = exampleGroup([1, 1, 2], [1, 1, 2])
  return { ...group, problem: { ...group.problem, prompt: `problem ${p}` } }
}

test.each([
  ['sum', [0.7, 0.2, 0.4, 0.4]],
  ['mean', [0.7 / 3, 0.2 / 3, 0.4 / 3, 0.4 / 3]],
  ['suffix-min', [-0.2, -0.2, 0.4, 0.4]],
  ['worst-step', [-0.2, -0.2, 0, 0]],
  ['worst-for-all', [-0.2, -0.2, -0.2, -0.2]],
  ['gain', [0.5, -0.7, 0.6, 0.6]],
  ['clip-delta', [0, -0.2, 0, 0]],
])('%s credits each token by the steps', async (rule, expected) => {
  const method = methodOf({ rule }, [0.5, -0.2, 0.4])
  const [rewards] = await method.rewards([problem(0)])
  const { process } = method.credit(problem(0), rewards!) as { process: Float32Array[] }
  expectClose(process[0]!, expected)
  expect(rewards!.steps_G_S![0]).toEqual(f32(0.5, -0.2, 0.4)) // as they were
})

test('so many scores are turned round, always the same of the same steps, others by another seed', async () => {
  const groups = Array.from({ length: 400 }, (_, p) => problem(p))
  const scored = async (wrong: string, seed = 1) =>
    (await methodOf({ wrong }, [1, 1, 1], seed).rewards(groups)).flatMap(({ steps_G_S }) =>
      steps_G_S!.map(scores_S => [...scores_S!].join(' ')),
    )
  const found = await scored('0.3')
  const wrong = found.flatMap(text => text.split(' ')).filter(score => score === '-1').length
  expect(wrong / (3 * found.length)).toBeGreaterThan(0.26)
  expect(wrong / (3 * found.length)).toBeLessThan(0.34)
  for (let i = 0; i < found.length; i += 2) expect(found[i]).toBe(found[i + 1]) // rollouts of the same steps
  expect(await scored('0.3')).toEqual(found)
  expect(await scored('0.3', 2)).not.toEqual(found)
  expect(new Set(await scored('0'))).toEqual(new Set(['1 1 1']))
  expect(new Set(await scored('1'))).toEqual(new Set(['-1 -1 -1']))
})

test('moved scores lie in [0, 1]', async () => {
  const [rewards] = await methodOf({ moved: 'true' }, [1, -1, 0]).rewards([problem(0)])
  expect(rewards!.steps_G_S![0]).toEqual(f32(1, 0, 0.5))
})
