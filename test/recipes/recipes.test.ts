import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { written } from '../../src/groups/written.ts'
import type { LossInput, Method, Rewards } from '../../src/method.ts'
import { type Needs, once, type Recipe, resolve, rolloutsOf } from '../../src/recipe.ts'
import { recipes } from '../../src/recipes/index.ts'
import type { Group, Problem, Rollout } from '../../src/types.ts'
import { exampleGroup, f32 } from '../example-groups.ts'
import { toyModels, toyPolicy, toySampler } from '../toy.ts'

const problems: readonly Problem[] = ['42', null].map((answer, p) => ({
  ...exampleGroup().problem,
  id: `p${p}`,
  prompt: `q${p}`,
  answer,
}))

/** Needs without models: rollouts of fixed shapes, judged by their index; a problem without answer is not graded. */
const needs: Needs = {
  sample: n => async problems =>
    problems.map((problem, p) => {
      const shapes = Array.from({ length: n }, (_, g) => [2 + g, 1, 1 + p])
      return { ...exampleGroup(...shapes), problem }
    }),
  explore: () => refuse('a search'),
  grade: async groups =>
    groups.map(({ problem, rollouts }) => ({
      outcome_G: rollouts.map((_, g) => (problem.answer === null ? null : g % 2)),
    })),
  scoreSteps: async groups =>
    groups.map(({ rollouts }) => ({
      steps_G_S: rollouts.map((_, g) => f32(0.5, g % 3 ? 0.9 : -0.7, 0.25)),
    })),
  reference: async () => toyPolicy(),
  model: toyModels(),
  sampler: toySampler(toyPolicy(3)),
  maxTokens: 32,
}

/** The options of a recipe, changed where it has them. */
function optionsOf(recipe: Recipe, overrides: Readonly<Record<string, string>> = {}) {
  const known = Object.entries(overrides).filter(([name]) => name in recipe.options)
  return resolve(recipe, Object.fromEntries(known))
}

test('the table lists every file', () => {
  const folder = new URL('../../src/recipes/', import.meta.url)
  const files = readdirSync(folder).map(file => file.replace('.ts', ''))
  expect(recipes.map(r => r.name).sort()).toEqual(files.filter(f => f !== 'index').sort())
})

describe.each(recipes)('$name', recipe => {
  test('says where it is from, where it differs, and what its options do', () => {
    expect(recipe.paper).toMatch(/^arXiv:\d{4}\.\d{4,5}$/)
    expect(recipe.about).not.toBe('')
    expect(recipe.differs.every(line => line.length > 0)).toBe(true)
    for (const { help } of Object.values(recipe.options)) expect(help).toMatch(/^\S.{3,60}$/)
  })

  test('one iteration: advantages and slopes are finite and aligned to tokens', async () => {
    const options = optionsOf(recipe, { groupSize: '4' })
    const method = recipe.build(options, needs, once)
    const { groups_P, advantages_P_G_T, slope } = await iteration(method)
    for (const { rollouts } of groups_P) {
      expect(rollouts.length).toBeGreaterThan(1)
      expect(rollouts.length).toBeLessThanOrEqual(rolloutsOf(recipe, options))
    }
    for (const [p, { rollouts }] of groups_P.entries())
      for (const [g, { ids, steps }] of rollouts.entries()) {
        const advantages_T = advantages_P_G_T[p][g]
        expect(advantages_T.length).toBe(ids.length)
        expect(advantages_T.every(Number.isFinite)).toBe(true)
        if ('maskClosing' in recipe.options)
          for (const { end } of steps) expect(advantages_T[end - 1]).toBe(0)
      }
    expect(advantages_P_G_T.flat().some(advantages_T => advantages_T.some(a => a !== 0))).toBe(true)
    expect(Number.isFinite(slope.loss)).toBe(true)
    expect(slope.dlogprobs_G_T.every(d_T => d_T.every(Number.isFinite))).toBe(true)
    if (method.loss.needsReference) expect(Object.keys(slope.metrics)).toContain('update/kl')
  })

  test('options reach the method', async () => {
    const plain = { groupSize: '3', maskClosing: 'false', whiten: 'false', klCoef: '0' }
    const method = recipe.build(optionsOf(recipe, plain), needs, once)
    expect(method.loss.needsReference).toBe(false)
    const { groups_P, advantages_P_G_T } = await iteration(method)
    if ('groupSize' in recipe.options) expect(groups_P[0].rollouts.length).toBe(3)
    if ('maskClosing' in recipe.options) expect(advantages_P_G_T[0][0].at(-1)).not.toBe(0)
  })

  test('what it does not need is never touched', async () => {
    const strict: Needs = {
      ...needs,
      get scoreSteps() {
        return recipe.needs.includes('prm') ? needs.scoreSteps : refuse('a PRM')
      },
      model: name =>
        Object.hasOwn(recipe.beside ?? {}, name) ? needs.model(name) : refuse(`a ${name}`),
      reference: async () => ('klRewardCoef' in recipe.options ? refuse('it') : toyPolicy()),
    }
    await iteration(recipe.build(resolve(recipe), strict, once))
  })

  test('without any answer it learns only what needs none', async () => {
    const open: Needs = {
      ...needs,
      grade: async groups =>
        groups.map(({ rollouts }) => ({ outcome_G: rollouts.map(() => null) })),
    }
    const method = recipe.build(optionsOf(recipe, { klCoef: '0' }), open, once)
    const { groups_P, advantages_P_G_T } = await iteration(method)
    const rewards_P = await method.rewards(groups_P)
    const selected_P = method.select?.({ groups_P, rewards_P })
    const learns = advantages_P_G_T.some(
      (advantages_G_T, p) =>
        selected_P?.[p]?.length !== 0 &&
        advantages_G_T.some(advantages_T => advantages_T.some(a => a !== 0)),
    )
    expect(learns && !recipe.needs.includes('prm')).toBe(false)
    expect(learns || recipe.needs.includes('grader')).toBe(true)
  })

  test('a reward that is not finite is seen in the loss', async () => {
    const broken: Needs = {
      ...needs,
      grade: async groups =>
        groups.map(({ rollouts }) => ({ outcome_G: rollouts.map(() => Number.NaN) })),
      scoreSteps: async groups =>
        groups.map(({ rollouts }) => ({
          steps_G_S: rollouts.map((_, g) => f32(0.5, g === 0 ? Number.NaN : 1, 1)),
        })),
    }
    expect((await iteration(recipe.build(resolve(recipe), broken, once))).slope.loss).toBeNaN()
  })
})

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
  const batch = groups_P.flatMap((group: Group, p) =>
    group.rollouts.map((rollout, g) => lossInput(rollout, advantages_P_G_T[p][g])),
  )
  return { groups_P, advantages_P_G_T, metrics, slope: method.loss.of(batch) }
}

function lossInput(rollout: Rollout, advantages_T: Float32Array): LossInput {
  const { logprobs_T } = rollout
  return {
    group: 0,
    outcome: null,
    replayed_T: null,
    logprobs_T,
    sampled_T: logprobs_T,
    drawn_T: logprobs_T,
    proximal_T: logprobs_T,
    reference_T: logprobs_T.map(x => x - 0.1),
    advantages_T,
    trained_T: written(rollout),
  }
}

function refuse(what: string): never {
  throw new Error(`asked for ${what}`)
}
