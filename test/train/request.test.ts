import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { recipes } from '../../src/recipes/index.ts'
import { settingsSchema, wholeRequest } from '../../src/train/request/request.ts'

const least = { recipe: recipes[0]!, overrides: {}, folder: 'f', model: 'm' }

test('a request needs a recipe, a folder and a model; all else has a default', () => {
  const whole = wholeRequest(least)
  expect(whole).toMatchObject({ ...least, recipeSource: null, iterations: 40, seed: 1 })
  const settings = Object.keys(settingsSchema.shape) as (keyof typeof whole)[]
  expect(settings.filter(name => whole[name] === undefined)).toEqual([])
})

test('files of code are named by whole paths, whatever folder the run goes on in', () => {
  const { reward, task } = wholeRequest({ ...least, reward: './r.ts', task: './t.ts' })
  expect([reward, task]).toEqual([resolve('r.ts'), resolve('t.ts')])
  expect(wholeRequest({ ...least, task: 'linear-equations' }).task).toBe('linear-equations')
})
