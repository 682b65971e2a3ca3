// `minform train`: from a recipe's name to a trained policy and a run folder.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { defineCommand } from 'citty'
import { ConfigError } from '../errors.ts'
import { recipes } from '../recipes/index.ts'
import { parts } from '../runs/layout.ts'
import type { WholeRequest } from '../train/request/request.ts'
import type { Command } from './dispatch.ts'
import { type Flags, type Given, repeatedFlag, textFlag, wholeFlag } from './flags.ts'
import { stoppable } from './interrupt.ts'
import { givenOptions, optionFlags } from './option-flags.ts'
import { failing } from './recipes.ts'
import { stageProgress, trainingReport } from './train-report.ts'
import { continued, trainingJson, trainingSummary } from './train-summary.ts'
import {
  type FoundRecipe,
  findRecipe,
  groups,
  trainingArgs,
  trainingRequest,
} from './training/flags.ts'
import { withLogs } from './training/logs.ts'
import type { Section } from './usage.ts'

const defaultRecipe = 'worst-step-vr'

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
  resume: {
    type: 'boolean',
    description:
      'continue the run of --run from its last checkpoint; with --iterations to that many, also when it was done',
  },
  fromScratch: { type: 'boolean', description: 'make both models first' },
  seed: { type: 'string', valueHint: 'number', description: 'default 1' },
  json: { type: 'boolean', description: 'print what came out as one JSON object' },
} as const satisfies Flags

/** The command for the recipe that the arguments name: its options become flags. */
export default async function train(rawArgs: readonly string[]): Promise<Command> {
  const named = rawArgs[0] !== undefined && !rawArgs[0].startsWith('-') ? rawArgs[0] : null
  const resumed = resumedFolder(rawArgs)
  const resume = resumed === null ? null : await import('./resume.ts')
  const found =
    named === null && resume !== null
      ? await resume.resumedRecipe(resumed!)
      : await findRecipe(named ?? defaultRecipe)
  const { recipe } = found
  const ofRecipe = optionFlags(recipe)
  const command = defineCommand({
    meta: {
      name: 'train',
      description: `${recipe.name} (${recipe.paper}): ${recipe.about}${failing(recipe)}`,
    },
    args: { ...own, ...trainingArgs, ...ofRecipe } as Flags,
    run: async ({ args: parsed }) => {
      const args = withLogs(parsed, rawArgs)
      requireFirst([recipe.name, named], args)
      const request = await (resume === null
        ? freshRequest(found, args)
        : resume.resumedRequest(resumed!, rawArgs, args))
      await start(request, { resume: resumed !== null, json: args.json === true })
    },
  })
  const known = Object.fromEntries(recipes.map(({ name, about }) => [name, about]))
  const lists: Section[] = named === null ? [{ title: 'recipes', entries: known }] : []
  const options = { title: `options of ${recipe.name}`, args: ofRecipe }
  return { ...command, sections: [...lists, options, ...groups] }
}

/** Runs a training; one that is stopped, however early, says how it goes on. */
async function start(request: WholeRequest, { resume = false, json = false }): Promise<void> {
  const report = { ...trainingReport(request.iterations), stages: stageProgress() }
  const { runTraining } = await import('../train/run.ts') // which --help does not wait for
  await stoppable(async signal => {
    try {
      const result = await runTraining(request, report, signal, { resume })
      report.end(result)
      process.stdout.write((json ? trainingJson : trainingSummary)(request, result))
      if (result.after === null) signal.throwIfAborted()
    } finally {
      if (signal.aborted && existsSync(join(request.folder, parts.config)))
        process.stderr.write(`next: ${continued(request.folder)}\n`)
    }
  })
}

/** The folder that the arguments ask to continue; null where they do not. Without --run it is a ConfigError. */
function resumedFolder(rawArgs: readonly string[]): string | null {
  if (!rawArgs.includes('--resume') && !rawArgs.includes('--resume=true')) return null
  const folder = repeatedFlag('--run', rawArgs).at(-1)
  if (folder !== undefined) return folder
  throw new ConfigError('--resume needs --run, the folder of the run to continue')
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
  const { pinned } = await import('./named-model.ts')
  const [request] = await pinned([trainingRequest(run, args)])
  return request!
}

function stamp(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(':', '-')
}
