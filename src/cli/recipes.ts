// `minform recipes`: what `train` and `compare` can be told to learn by.

import { defineCommand } from 'citty'
import { gatesOf, type Recipe, resolve } from '../recipe.ts'
import { recipes } from '../recipes/index.ts'
import { optionFlags } from './option-flags.ts'
import { sectionText } from './usage.ts'

export default defineCommand({
  meta: { name: 'recipes', description: 'The recipes of train, with their options' },
  args: { json: { type: 'boolean', description: 'print JSON' } },
  run: ({ args }) => {
    process.stdout.write(
      args.json === true
        ? `${JSON.stringify(recipes.map(record), null, 2)}\n`
        : recipes.map(text).join('\n'),
    )
  },
})

function record(recipe: Recipe) {
  const { name, paper, about, needs, mayAsk = false, fails = null } = recipe
  const { beside = {}, abilities = {}, differs, options } = recipe
  const gates = gatesOf(recipe, resolve(recipe), [])
  return { name, paper, about, needs, mayAsk, fails, gates, beside, abilities, differs, options }
}

function text(recipe: Recipe): string {
  const { name, paper, about, needs, mayAsk, beside = {} } = recipe
  const needed = needs.length === 0 ? '' : ` Needs: ${needs.map(need => words[need]).join(', ')}.`
  const may = mayAsk === true ? ' May ask a chat model (--chat).' : ''
  const models = Object.entries(beside).map(([model, one]) => ` Makes a ${model}: ${one.about}.`)
  const title = `${name} (${paper}): ${about}${needed}${may}${models.join('')}${failing(recipe)}`
  return sectionText({ title, args: optionFlags(recipe) })
}

/** What a recipe has been seen to fail with, as a sentence after others. */
export function failing({ fails }: Pick<Recipe, 'fails'>): string {
  if (fails === undefined) return ''
  return ` Not for a policy that is right less than ${100 * fails.below} % of the time: ${fails.how}.`
}

const words = {
  prm: 'a process reward model',
  grader: 'answers that can be graded',
  solutions: 'worked solutions',
  chat: 'a chat model (--chat)',
  environment: 'an environment that gives parts (--environment)',
} as const satisfies Record<Recipe['needs'][number], string>
