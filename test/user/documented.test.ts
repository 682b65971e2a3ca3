// What docs/user-code.md and docs/environments.md show can be named on a command line as they stand there.
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { loadEnvironment } from '../../src/user/environment.ts'
import { loadUserModule } from '../../src/user/load.ts'
import { loadRecipe } from '../../src/user/recipe.ts'
import { openTask } from '../../src/user/task.ts'
import { userFiles } from './files.ts'

const { file, remove } = userFiles()
afterAll(remove)

/** The blocks of TypeScript of a page. */
const shown = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!)

test('the example of a recipe is a recipe, and only says what it is', async () => {
  const { recipe } = await loadRecipe('./examples/own-recipe.ts')
  expect(recipe.name).toBe('blame-first')
})

test.each(
  readdirSync('examples').filter(name => name.endsWith('-task.ts') && !name.startsWith('learn')),
)('examples/%s is a task', async name => {
  const { task } = await openTask(`./examples/${name}`)
  expect(typeof task.generate).toBe('function')
})

test('the reward and the task of the page, and its environment, load', async () => {
  const [reward, task] = shown('docs/user-code.md')
  const { value } = await loadUserModule(file('reward.ts', reward!))
  const judge = value as (rollout: object, problem: object) => Promise<number | null>
  expect(await judge({ text: 'it is 5' }, { answer: '5' })).toBe(1)
  expect(await judge({ text: 'it is 5' }, { answer: null })).toBeNull()
  expect((await openTask(file('task.ts', task!))).task.name).toBe('doubles')
  const [environment] = shown('docs/environments.md')
  expect((await loadEnvironment(file('environment.ts', environment!))).environment.name).toBe(
    'thermometer',
  )
})
