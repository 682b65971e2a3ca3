// Whether a recipe may learn from rollouts of weights that are older than the policy. Its loss says so, and is asked before
// any model is opened.

import { ConfigError } from '../errors.ts'
import { type Recipe, resolve, type Values } from '../recipe.ts'
import { lookedAt } from './looked-at.ts'
import { recipesThat } from './other-recipes.ts'
import type { WholeRequest } from './request/request.ts'

/** Refuses, with a ConfigError, to sample ahead for a loss that takes every rollout for one of the policy that learns. */
export function requireOffPolicy(
  { recipe, ahead, maxTokens }: Pick<WholeRequest, 'recipe' | 'ahead' | 'maxTokens'>,
  options: Values,
): void {
  const why = ahead === 0 ? null : whyNot(recipe, options, maxTokens)
  if (why === null) return
  const others = recipesThat(one => whyNot(one, resolve(one), maxTokens) === null)
  throw new ConfigError(
    `${recipe.name} cannot learn with --ahead ${ahead}: ${why}; ` +
      `leave --ahead out, or take ${others}`,
  )
}

/** Why a recipe cannot learn from rollouts that were sampled an iteration early; null where it can. */
function whyNot(recipe: Recipe, options: Values, maxTokens: number): string | null {
  const { loss, remember, problems } = lookedAt(recipe, options, maxTokens)
  if (remember !== undefined || problems !== undefined)
    return 'what it samples depends on the iteration before'
  return loss.offPolicy === true
    ? null
    : 'its loss does not correct for rollouts of earlier weights'
}
