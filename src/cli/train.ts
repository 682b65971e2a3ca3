// `minform train`: from a recipe's name to a trained policy and a run folder.

import { join } from 'node:path'
import { defineCommand } from 'citty'
import { ConfigError } from '../errors.ts'
import { recipes } from '../recipes/index.ts'
import type { WholeRequest } from '../train/request/request.ts'
import { runTraining } from '../train/run.ts'
import type { Command } from './dispatch.ts'
import { type Flags, type Given, textFlag, wholeFlag } from './flags.ts'
import { interruptible } from './interrupt.ts'
import { pinned } from './named-model.ts'
import { givenOptions, optionFlags } from './option-flags.ts'
import { resumedFolder, resumedRecipe, resumedRequest } from './resume.ts'
import { stageProgress, trainingReport } from './train-report.ts'
import {
  type FoundRecipe,
  findRecipe,
  groups,
  trainingArgs,
  trainingRequest,
} from './training/flags.ts'
import type { Section } from './usage.ts'

const defaultRecipe = 'pure-prm-vr'

const own = {
  recipe: {
    type: 'positional',
    required: false,
    description: `how it learns, or a file of code, before the options; default ${defaultRecipe}`,
  },
  run: {
    type: 'string',
    valueHint: 'folder',
    description: 'to write; default runs/<recipe>-<time>',
  },
  resume: { type: 'boolean', description: 'continue the run of --run from its last checkpoint' },
  fromScratch: { type: 'boolean', description: 'make both models first' },
  seed: { type: 'string', valueHint: 'number', description: 'default 1' },
} as const satisfies Flags

/** The command for the recipe that the arguments name: its options become flags. */
export default async function train(rawArgs: readonly string[]): Promise<Command> {
  const named = rawArgs[0] !== undefined && !rawArgs[0].startsWith('-') ? rawArgs[0] : null
  const resumed = resumedFolder(rawArgs)
  const found =
    named === null && resumed !== null
      ? await resumedRecipe(resumed)
      : await findRecipe(named ?? defaultRecipe)
  const { recipe } = found
  const ofRecipe = optionFlags(recipe)
  const command = defineCommand({
    meta: { name: 'train', description: `${recipe.name} (${recipe.paper}): ${recipe.about}` },
    args: { ...own, ...trainingArgs, ...ofRecipe } as Flags,
    run: async ({ args }) => {
      requireFirst([recipe.name, named], args)
      const request = await (resumed === null
        ? freshRequest(found, args)
        : resumedRequest(resumed, rawArgs, args))
      await start(request, resumed !== null)
    },
  })
  const known = Object.fromEntries(recipes.map(({ name, about }) => [name, about]))
  const lists: Section[] = named === null ? [{ title: 'recipes', entries: known }] : []
  const options = { title: `options of ${recipe.name}`, args: ofRecipe }
  return { ...command, sections: [...lists, options, ...groups] }
}

async function start(request: WholeRequest, resume: boolean): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  const { signal, release } = interruptible(say)
  try {
    const report = trainingReport(request.iterations)
    const stages = stageProgress()
    const result = await runTraining(request, { ...report, stages }, signal, { resume })
    process.stdout.write(report.summary(request, result))
  } finally {
    release()
  }
}

function requireFirst(names: readonly (string | null)[], args: Given): void {
  const said = textFlag(args, 'recipe')
  if (said !== null && !names.includes(said))
    throw new ConfigError(`name the recipe first: minform train ${said} ...`)
}

async function freshRequest(found: FoundRecipe, args: Given): Promise<WholeRequest> {
  const { recipe } = found
  const run = {
    ...found,
    overrides: givenOptions(Object.keys(recipe.options), args),
    folder: (args.run as string | undefined) ?? join('runs', `${recipe.name}-${stamp()}`),
    seed: wholeFlag(args, 'seed', 1, 0),
  }
  const [request] = await pinned([trainingRequest(run, args)])
  return request!
}

function stamp(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(':', '-')
}
