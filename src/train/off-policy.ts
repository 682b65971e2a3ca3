// Whether a recipe may learn from rollouts of weights that are older than the policy. Its loss says so, and is asked before
// any model is opened.

import { fakeEngine } from '../engine/fake.ts'
import { ConfigError } from '../errors.ts'
import type { Loss } from '../method.ts'
import { type Needs, type Recipe, resolve, type Values } from '../recipe.ts'
import { recipes } from '../recipes/index.ts'
import type { WholeRequest } from './request/request.ts'

/** Refuses, with a ConfigError, to sample ahead for a loss that takes every rollout for one of the policy that learns. */
export function requireOffPolicy(
  { recipe, ahead, maxTokens }: Pick<WholeRequest, 'recipe' | 'ahead' | 'maxTokens'>,
  options: Values,
): void {
  if (ahead === 0 || lossOf(recipe, options, maxTokens).offPolicy === true) return
  const others = recipes.filter(one => lossOf(one, resolve(one), maxTokens).offPolicy === true)
  throw new ConfigError(
    `${recipe.name} cannot learn with --ahead ${ahead}: its loss does not correct for rollouts of earlier weights; ` +
      `leave --ahead out, or take ${others.map(({ name }) => name).join(', ')}`,
  )
}

/** The loss of a recipe, built beside no model. */
function lossOf(recipe: Recipe, options: Values, maxTokens: number): Loss {
  const nothing = async (): Promise<never[]> => []
  const needs: Needs = {
    sample: () => nothing,
    grade: nothing,
    scoreSteps: nothing,
    reference: async () => fakeEngine(),
    critic: recipe.needs.includes('critic')
      ? fakeEngine({ head: 'token-classification', classes: 1 })
      : null,
    maxTokens,
  }
  return recipe.build(options, needs).loss
}
