// `minform train`: from a recipe's name to a trained policy and a run folder.

import { join } from 'node:path'
import { type ArgsDef, defineCommand } from 'citty'
import { ConfigError } from '../errors.ts'
import type { Recipe } from '../recipe.ts'
import type { TrainingRequest } from '../train/request/request.ts'
import { runTraining } from '../train/run.ts'
import { type Given, wholeFlag } from './flags.ts'
import { interruptible } from './interrupt.ts'
import { pinned } from './named-model.ts'
import { resumedFolder, resumedRecipe, resumedRequest } from './resume.ts'
import { stageProgress, trainingReport } from './train-report.ts'
import { recipeOf, trainingArgs, trainingRequest } from './training/flags.ts'

const defaultRecipe = 'pure-prm-vr'

const shared = {
  recipe: { type: 'positional', required: false, description: `default ${defaultRecipe}` },
  ...trainingArgs,
  fromScratch: { type: 'boolean', description: 'make both models first' },
  run: { type: 'string', description: 'folder to write; default runs/<recipe>-<time>' },
  resume: { type: 'boolean', description: 'continue the run of --run from its last checkpoint' },
  seed: { type: 'string', description: 'default 1' },
} satisfies ArgsDef

/** The command for the recipe that the arguments name: its options become flags. */
export default function train(rawArgs: readonly string[]) {
  const named = rawArgs[0] !== undefined && !rawArgs[0].startsWith('-') ? rawArgs[0] : null
  const resumed = resumedFolder(rawArgs)
  const recipe = recipeOf(named ?? (resumed === null ? defaultRecipe : resumedRecipe(resumed)))
  const args: ArgsDef = { ...shared, ...optionFlags(recipe) }
  return defineCommand({
    meta: { name: 'train', description: `${recipe.name} (${recipe.paper}): ${recipe.about}` },
    args,
    run: async ({ args }) => {
      requireFirst(recipe, args)
      const request =
        resumed === null ? await freshRequest(recipe, args) : resumedRequest(resumed, rawArgs, args)
      await start(request, resumed !== null)
    },
  })
}

async function start(request: TrainingRequest, resume: boolean): Promise<void> {
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

function requireFirst(recipe: Recipe, args: Given): void {
  const text = (name: string): string | undefined => args[name] as string | undefined
  if (text('recipe') !== undefined && text('recipe') !== recipe.name) {
    throw new ConfigError(`name the recipe first: minform train ${text('recipe')} ...`)
  }
}

async function freshRequest(recipe: Recipe, args: Given): Promise<TrainingRequest> {
  const run = {
    recipe,
    overrides: overridesOf(recipe, args),
    folder: (args.run as string | undefined) ?? join('runs', `${recipe.name}-${stamp()}`),
    seed: wholeFlag(args, 'seed', 1, 0),
  }
  const [request] = await pinned([trainingRequest(run, args)])
  return request!
}

function optionFlags({ options }: Recipe): ArgsDef {
  const entries = Object.entries(options).map(([name, option]) => {
    const description = `${option.help}; default ${option.default}`
    return [name, { type: 'string', description }] as const
  })
  return Object.fromEntries(entries)
}

function overridesOf({ options }: Recipe, args: Readonly<Record<string, unknown>>) {
  const given = Object.keys(options).filter(name => args[name] !== undefined)
  return Object.fromEntries(given.map(name => [name, String(args[name])]))
}

function stamp(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(':', '-')
}
