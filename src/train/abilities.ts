// What a run asks of its engine beyond what every engine does, asked before anything is sampled or learned.

import type { Abilities } from '../engine/engine.ts'
import { ConfigError } from '../errors.ts'
import type { Loss } from '../method.ts'
import { type Recipe, resolve } from '../recipe.ts'
import { lookedAt } from './looked-at.ts'

/** An ability that something needs, why, and what does without it. */
export interface Asked {
  readonly ability: keyof Abilities
  readonly why: string
  readonly instead: string
}

const other = 'take a recipe that does not, such as rloo, or --engine onnx'

/** What an engine cannot do of what is asked; `what` asks, `engine` names it. Throws one ConfigError for all of it. */
export function requireAbilities(
  what: string,
  asked: readonly Asked[],
  abilities: Abilities,
  engine: string,
  runs = '', // the recipes that would run there
): void {
  const each = lackedOf(asked, abilities)
  if (each.length === 0) return
  const others = runs === '' ? '' : `. These would run there: ${runs}`
  throw new ConfigError(
    `${what} asks more than ${engine} can do. It lacks ${each.join('. It lacks ')}${others}`,
  )
}

/** Whether a recipe, at its defaults, would run on an engine of such abilities. */
export function runsOn(recipe: Recipe, abilities: Abilities): boolean {
  return lackedOf(askedByDefault(recipe), abilities).length === 0
}

/** What an engine cannot do of what is asked, each with why it is asked and what does without it. */
export function lackedOf(asked: readonly Asked[], abilities: Abilities): string[] {
  const lacking = asked.filter(({ ability }) => !abilities[ability])
  return lacking.map(({ ability, why, instead }) => `${ability}: ${why}; ${instead}`)
}

/** What a recipe asks before its method can be built: what it declares, and what the models beside the policy are. */
export function askedByRecipe({ beside = {}, abilities = {} }: Recipe): readonly Asked[] {
  const declared = Object.entries(abilities).map(([ability, why]) => {
    return { ability: ability as keyof Abilities, why, instead: other }
  })
  const classifier = Object.keys(beside).find(name => beside[name]!.classes !== null)
  if (classifier === undefined) return declared
  const why = `its ${classifier} is a token classifier`
  const instead = 'take a recipe without one, such as rloo, or --engine onnx'
  return [...declared, { ability: 'classes', why, instead }]
}

/** What a loss asks of the engine that learns by it, and that sampled at this temperature. */
export function askedByLoss(
  { needsEntropies, readsDrawn, needsMeans }: Loss,
  { temperature = 1 }: { readonly temperature?: number },
): readonly Asked[] {
  const asked: Asked[] = []
  if (needsEntropies)
    asked.push({
      ability: 'entropies',
      why: 'the loss has an entropy bonus',
      instead: 'give it the weight 0 (--entropy-coef 0), or take --engine onnx',
    })
  if (needsMeans)
    asked.push({
      ability: 'meanLogprobs',
      why: 'the loss reads means over the vocabulary',
      instead: other,
    })
  if (readsDrawn && temperature !== 1)
    asked.push({
      ability: 'shapedLogprobs',
      why: `the loss reads how likely tokens were at temperature ${temperature}`,
      instead: 'sample at temperature 1, or take --engine onnx',
    })
  return asked
}

/** All that a recipe asks with its defaults and samples of temperature 1, told before there is any model. */
export function askedByDefault(recipe: Recipe): readonly Asked[] {
  return [...askedByRecipe(recipe), ...askedByLoss(lookedAt(recipe, resolve(recipe)).loss, {})]
}
