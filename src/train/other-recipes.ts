import type { Recipe } from '../recipe.ts'
import { recipes } from '../recipes/index.ts'

const first = [
  'worst-step-vr',
  'worst-step',
  'pure-vr',
  'pure-prm-vr',
  'pure-prm',
  'sum-form',
  'grpo',
  'rloo',
  'ppo',
]
const most = 6 // that a message names

/** The carried recipes that would do, for a message: those that most people know first, and how many more there are. */
export function recipesThat(would: (recipe: Recipe) => boolean): string {
  const fitting = recipes.filter(would).map(({ name }) => name)
  const known = first.filter(name => fitting.includes(name))
  const named = [...known, ...fitting.filter(name => !known.includes(name))].slice(0, most)
  const more = fitting.length - named.length
  return more === 0 ? named.join(', ') : `${named.join(', ')} and ${more} more (minform recipes)`
}
