// A method that is only looked at, before there is any model.

import type { Engine } from '../engine/engine.ts'
import { fakeEngine } from '../engine/fake.ts'
import type { Method } from '../method.ts'
import { once, type Recipe, type Values } from '../recipe.ts'
import type { Environment } from '../rollouts/environment.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import { needsOf } from './needs.ts'

/** A model of no use but to be asked what it is. */
function fakeModel(classes: number | null): Engine {
  return classes === null ? fakeEngine() : fakeEngine({ head: 'token-classification', classes })
}

const noText = (): never => {
  throw new Error('a recipe reads no text while it is built')
}
const noTokenizer: Tokenizer = {
  ...{ vocabSize: 0, eosId: 0, padId: 0 },
  ...{ encode: noText, decode: noText, pieces: noText, tokenBytes: noText },
}

/**
 * The method of a recipe, built beside no model, to be asked what it reads; no stage of it can be run. A ConfigError where its
 * rollouts are none that the environment can talk in.
 */
export function lookedAt(
  recipe: Recipe,
  options: Values,
  maxTokens = 1,
  environment: Environment | null = null,
): Method {
  const sampler = {
    ...{ engine: fakeEngine(), tokenizer: noTokenizer, stopIds: [], maxTokens },
    ...(environment && { environment }),
  }
  const beside = Object.entries(recipe.beside ?? {}).map(([name, { classes }]) => [
    name,
    fakeModel(classes),
  ])
  const needs = needsOf(recipe, options, { sampler, beside: Object.fromEntries(beside) })
  return recipe.build(options, needs, once)
}
