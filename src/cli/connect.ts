// `minform connect`: what a server of models that learn can do, found by asking it in small.

import { defineCommand } from 'citty'
import { connect, type ServerFound } from '../connect/connect.ts'
import { findingLines, headLine } from '../connect/report.ts'
import { EngineError } from '../errors.ts'
import type { Recipe } from '../recipe.ts'
import { jsonLine } from '../runs/json-lines.ts'
import { askedByDefault, lackedOf } from '../train/abilities.ts'
import { type Flags, numberFlag } from './flags.ts'
import { stoppable } from './interrupt.ts'
import { modelPath } from './named-model.ts'
import { findRecipe } from './training/flags.ts'

const args = {
  url: {
    type: 'string',
    valueHint: 'address',
    required: true,
    description: 'of the server, such as http://127.0.0.1:8000',
  },
  baseModel: {
    type: 'string',
    valueHint: 'name',
    description: 'of the model there; default the only one that it has',
  },
  model: {
    type: 'string',
    valueHint: 'model',
    description: 'the same model here, or its config.json and tokenizer: numbers are compared',
  },
  lora: { type: 'string', valueHint: 'count', default: '8', description: 'rank of the adapter' },
  for: {
    type: 'string',
    valueHint: 'name',
    description: 'a recipe that has to be able to learn there, or a file of one',
  },
  json: { type: 'boolean', description: 'print what was found as JSON' },
} as const satisfies Flags

export default defineCommand({
  meta: {
    name: 'connect',
    description:
      'What a server that speaks the Tinker protocol can do. It is tried: an adapter is made there, asked and unloaded. ' +
      'A key is read from TINKER_API_KEY.',
  },
  args,
  async run({ args }) {
    const rank = numberFlag('--lora', args.lora, { min: 1, integer: true })
    const recipe = args.for === undefined ? null : (await findRecipe(args.for)).recipe
    const here = args.model === undefined ? null : { folder: await modelPath(args.model) }
    const print = (text: string): void => void (args.json || process.stdout.write(text))
    const found = await stoppable(signal =>
      connect({
        ...{ url: args.url, baseModel: args.baseModel ?? null, here, rank, signal },
        say: line => void process.stderr.write(`${line}\n`),
        report: {
          found: contact => print(headLine(contact)),
          finding: one => print(findingLines(one)),
        },
      }),
    )
    const obstacles = recipe === null ? obstaclesOf(found) : obstaclesFor(recipe, found)
    if (args.json)
      process.stdout.write(jsonLine({ ...found, for: recipe?.name ?? null, obstacles }))
    else if (recipe !== null && obstacles.length === 0) print(`${recipe.name} can learn there\n`)
    if (obstacles.length > 0)
      throw new EngineError(
        `${recipe?.name ?? 'no recipe'} can${recipe ? 'not' : ''} learn there: ${obstacles.join('; ')}`,
      )
  },
})

/** Why nothing could learn there. */
function obstaclesOf({ profile }: ServerFound): string[] {
  if (profile !== null) return []
  return ['no weights of both signs, or a reduction that is not known']
}

/** Why a recipe, with its defaults, could not learn there. */
function obstaclesFor(recipe: Recipe, found: ServerFound): string[] {
  const { abilities, ownLogprobs } = found
  return [
    ...obstaclesOf(found),
    ...(ownLogprobs ? [] : ["log-probabilities of samples are not the model's at temperature 1"]),
    ...(abilities === null ? [] : lackedOf(askedByDefault(recipe), abilities)),
  ]
}
