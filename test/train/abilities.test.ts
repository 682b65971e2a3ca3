import { expect, test } from 'vitest'
import { allAbilities } from '../../src/engine/abilities.ts'
import { ConfigError } from '../../src/errors.ts'
import { recipes } from '../../src/recipes/index.ts'
import {
  askedByDefault,
  askedByLoss,
  askedByRecipe,
  requireAbilities,
  runsOn,
} from '../../src/train/abilities.ts'
import { clipped } from '../../src/update/clipped.ts'
import { entropy } from '../../src/update/entropy.ts'
import { sum } from '../../src/update/sum.ts'
import { truncated } from '../../src/update/truncated.ts'

const server = { ...allAbilities, entropies: false, classes: false, shapedLogprobs: false }
const abilitiesOf = (loss: Parameters<typeof askedByLoss>[0], temperature?: number) =>
  askedByLoss(loss, temperature === undefined ? {} : { temperature }).map(one => one.ability)

test('a loss asks for what it reads, and nothing that it does not', () => {
  expect(abilitiesOf(clipped())).toEqual([])
  expect(abilitiesOf(sum(clipped(), entropy({ coefficient: 0 })))).toEqual([])
  expect(abilitiesOf(sum(clipped(), entropy({ coefficient: -0.1 })))).toEqual(['entropies'])
  const corrected = sum(truncated(clipped()), entropy({ coefficient: 0.1 }))
  expect(abilitiesOf(corrected)).toEqual(['entropies']) // at temperature 1 all is known
  expect(abilitiesOf(corrected, 0.7)).toEqual(['entropies', 'shapedLogprobs'])
})

test('of the carried recipes at their defaults only those with a classifier ask, and those that say so', () => {
  const asking = recipes.filter(recipe => askedByDefault(recipe).length > 0)
  expect(asking.map(({ name }) => name)).toEqual(
    recipes
      .filter(
        ({ beside = {}, abilities = {} }) =>
          Object.keys(abilities).length > 0 ||
          Object.values(beside).some(({ classes }) => classes !== null),
      )
      .map(({ name }) => name),
  )
  expect(asking.length).toBeGreaterThan(0)
})

test('what a recipe declares is asked like the rest, and what would run there is told', () => {
  const rloo = recipes.find(({ name }) => name === 'rloo')!
  const asking = { ...rloo, name: 'teaching', abilities: { blends: 'its teacher follows' } }
  expect(askedByRecipe(asking)).toMatchObject([{ ability: 'blends', why: 'its teacher follows' }])
  const runs = [...recipes, asking].filter(one => runsOn(one, server)).map(({ name }) => name)
  expect(runs).not.toContain('ppo')
  expect(runs).toEqual(expect.arrayContaining(['rloo', 'teaching']))
  const without = { ...allAbilities, blends: false }
  expect(() =>
    requireAbilities('teaching', askedByRecipe(asking), without, 'a server', 'rloo, grpo'),
  ).toThrow(
    /^teaching asks more than a server can do. It lacks blends: its teacher follows; .*These would run there: rloo, grpo$/,
  )
})

test('what an engine lacks is one error that names all of it, and what to do', () => {
  const ppo = recipes.find(({ name }) => name === 'ppo')!
  const asked = [...askedByRecipe(ppo), ...askedByLoss(entropy({ coefficient: 1 }), {})]
  expect(() => requireAbilities('ppo', asked, allAbilities, 'the engine onnx')).not.toThrow()
  const refused = () => requireAbilities('ppo', asked, server, 'the engine tinker at http://h')
  expect(refused).toThrow(ConfigError)
  expect(refused).toThrow(
    'ppo asks more than the engine tinker at http://h can do. It lacks classes: its critic is a token classifier; ' +
      'take a recipe without one, such as rloo, or --engine onnx. It lacks entropies: the loss has an entropy bonus; ' +
      'give it the weight 0 (--entropy-coef 0), or take --engine onnx',
  )
})
