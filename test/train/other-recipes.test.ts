import { expect, test } from 'vitest'
import { recipes } from '../../src/recipes/index.ts'
import { recipesThat } from '../../src/train/other-recipes.ts'

test('names six at most, those that most people know first, and counts the rest', () => {
  const all = recipesThat(() => true)
  expect(all).toMatch(
    /^worst-step-vr, worst-step, pure-vr, pure-prm-vr, pure-prm, sum-form and \d+ more \(minform recipes\)$/,
  )
  expect(all).toContain(`and ${recipes.length - 6} more`)
  expect(recipesThat(({ name }) => ['dapo', 'pure-vr'].includes(name))).toBe('pure-vr, dapo')
  expect(recipesThat(() => false)).toBe('')
})
