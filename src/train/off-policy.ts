// Whether a recipe may learn from rollouts of weights that are older than the policy. Its loss says so, and is asked before
// any model is opened.

import { fakeEngine } from '../engine/fake.ts'
import { ConfigError } from '../errors.ts'
import type { Method } from '../method.ts'
import { type Needs, once, type Recipe, resolve, type Values } from '../recipe.ts'
import { recipes } from '../recipes/index.ts'
import type { Engine, Tokenizer } from '../types.ts'
import type { WholeRequest } from './request/request.ts'

/** Refuses, with a ConfigError, to sample ahead for a loss that takes every rollout for one of the policy that learns. */
export function requireOffPolicy(
  { recipe, ahead, maxTokens }: Pick<WholeRequest, 'recipe' | 'ahead' | 'maxTokens'>,
  options: Values,
): void {
  const why = ahead === 0 ? null : whyNot(recipe, options, maxTokens)
  if (why === null) return
  const others = recipes.filter(one => whyNot(one, resolve(one), maxTokens) === null)
  throw new ConfigError(
    `${recipe.name} cannot learn with --ahead ${ahead}: ${why}; ` +
      `leave --ahead out, or take ${others.map(({ name }) => name).join(', ')}`,
  )
}

/** Why a recipe cannot learn from rollouts that were sampled an iteration early; null where it can. */
function whyNot(recipe: Recipe, options: Values, maxTokens: number): string | null {
  const { loss, remember, problems } = builtOf(recipe, options, maxTokens)
  if (remember !== undefined || problems !== undefined)
    return 'what it samples depends on the iteration before'
  return loss.offPolicy === true
    ? null
    : 'its loss does not correct for rollouts of earlier weights'
}

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

/** The method of a recipe, built beside no model. */
function builtOf(recipe: Recipe, options: Values, maxTokens: number): Method {
  const nothing = async (): Promise<never[]> => []
  const needs: Needs = {
    sample: () => nothing,
    grade: nothing,
    scoreSteps: nothing,
    reference: async () => fakeEngine(),
    model: name => fakeModel(recipe.beside?.[name]?.classes ?? null),
    sampler: { engine: fakeEngine(), tokenizer: noTokenizer, stopIds: [], maxTokens },
    maxTokens,
  }
  return recipe.build(options, needs, once)
}
