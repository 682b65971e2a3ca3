import { expect, test } from 'vitest'
import { iterate } from '../../src/iterate.ts'
import { once, type Recipe, resolve } from '../../src/recipe.ts'
import pureVr from '../../src/recipes/pure-vr.ts'
import { boxedGrader } from '../../src/rewards/grader.ts'
import { beam } from '../../src/search/beam.ts'
import { majority } from '../../src/search/majority.ts'
import { type AtHand, needsOf } from '../../src/train/needs.ts'
import { problems, toyPolicy, toySampler } from '../toy.ts'

/** What a run without a judge gives a recipe. */
function given(recipe: Recipe, policy = toyPolicy(3), prompt: AtHand['prompt'] = null) {
  return needsOf(recipe, resolve(recipe), {
    judge: null,
    chat: null,
    grader: boxedGrader(),
    beside: {},
    reference: async () => toyPolicy(1),
    sampler: toySampler(policy),
    prompt,
    seed: 1,
  })
}

test("a search's candidates are rollouts that a recipe learns from", async () => {
  const policy = toyPolicy(3)
  const searching: Recipe = {
    ...pureVr,
    build: (options, needs, now) => ({
      ...pureVr.build(options, needs, now),
      rollouts: needs.explore(majority({ n: 4 })),
    }),
  }
  const options = resolve(searching, { klCoef: '0' })
  const method = searching.build(options, given(searching, policy), once)
  const learner = { policy, reference: null, learningRate: 0.1 }
  const { groups_P, dropped } = await iterate(method, problems, learner, 1)
  expect(groups_P.map(({ rollouts }) => rollouts.length)).toEqual([4, 4, 4, 4])
  expect(dropped).toBeNull()
})

test('a question is rendered as the problems of the run are', () => {
  const frame = '<user>{question}<end>'
  expect(given(pureVr, toyPolicy(3), { frame }).render('6 * 7?\n\nfirst')).toBe(
    '<user>6 * 7?\n\nfirst<end>',
  )
  expect(given(pureVr).render('6 * 7?')).toBe('6 * 7?')
})

test('a search that asks a judge says so where there is none', async () => {
  const rollouts = given(pureVr).explore(beam({ n: 4, width: 2 }))
  await expect(rollouts(problems, 1)).rejects.toThrow(/judge/)
})

test('the policy can be read as it is', async () => {
  const policy = toyPolicy(3)
  const { policy: read } = given(pureVr, policy)
  const ids = [Int32Array.of(5, 3, 4)]
  expect(await read.score(ids)).toEqual(await policy.score(ids))
  expect(await read.hidden(ids)).toEqual(await policy.hidden(ids))
  expect(await read.weights()).toEqual(policy.table.values)
})

test('a chat model that the recipe does not say that it needs is refused', () => {
  expect(() => given(pureVr).ask([], text => text)).toThrow(
    'pure-vr asks a chat model but does not say that it needs one',
  )
})

test('a model that the recipe does not name is refused, with those that it names', () => {
  expect(() => given(pureVr).model('twin')).toThrow(
    "pure-vr asks for the model 'twin', which it does not say that it has beside the policy; it says none",
  )
})
