// What every training run is asked, whether it stands alone or is compared: flags, and the request they make.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ArgsDef } from 'citty'
import { ConfigError } from '../errors.ts'
import { taskOf, tasks } from '../problems/tasks/index.ts'
import type { Recipe } from '../recipe.ts'
import { recipes } from '../recipes/index.ts'
import type { TrainingRequest } from '../train/run.ts'
import { didYouMean, kebab, numberFlag } from './flags.ts'
import { guardArgs, guardRequest } from './guard-flags.ts'
import { placeArgs, placement } from './model.ts'
import { rewardArgs, scorerSpec } from './prm/scorer-flags.ts'
import { versions } from './versions.ts'

const carriedTask = 'nested-arithmetic' // what the models in models/ were made for
const carried = fileURLToPath(new URL('../../models/', import.meta.url))

/** Flags of everything but the recipe, its options, the seed and the folder. */
export const trainingArgs = {
  task: {
    type: 'string',
    description: `procedural task: ${[...tasks.keys()].join(', ')}; default ${carriedTask}`,
  },
  difficulty: { type: 'string', description: 'of the task, 0 to 3; default 1' },
  problems: { type: 'string', description: 'JSON Lines file of problems, instead of a task' },
  test: { type: 'string', description: 'JSON Lines file of problems to report; default a tenth' },
  model: { type: 'string', description: 'folder of the policy to start from' },
  prm: { type: 'string', description: 'folder of the process reward model' },
  ...rewardArgs,
  iterations: { type: 'string', description: 'default 40' },
  batch: { type: 'string', description: 'problems of one iteration; default 24' },
  maxTokens: { type: 'string', description: 'of one rollout; default 160, of text 256' },
  evalEvery: { type: 'string', description: 'iterations between validations; default 10' },
  ...guardArgs,
  ...placeArgs,
} as const satisfies ArgsDef

/** What a command line gave, as texts. */
export type Given = Readonly<Record<string, unknown>>

/** What makes one run of the requests that the same flags ask for. */
export type OneRun = Pick<TrainingRequest, 'recipe' | 'overrides' | 'folder' | 'seed'>

/** The request of one run; a flag that cannot be used is a ConfigError. */
export function trainingRequest(run: OneRun, args: Given): TrainingRequest {
  const text = (name: string): string | undefined => args[name] as string | undefined
  const fromFile = text('problems') !== undefined
  for (const name of ['task', 'difficulty']) {
    if (fromFile && text(name)) throw new ConfigError(`--${name} does not go with --problems`)
  }
  const task = taskOf(text('task') ?? carriedTask).name
  return {
    ...run,
    task,
    difficulty: wholeFlag(args, 'difficulty', 1, 0, 3),
    problemsFile: text('problems') ?? null,
    testFile: text('test') ?? null,
    iterations: wholeFlag(args, 'iterations', 40, 0),
    problems: wholeFlag(args, 'batch', 24),
    maxTokens: wholeFlag(args, 'maxTokens', fromFile ? 256 : 160),
    evaluateEvery: wholeFlag(args, 'evalEvery', 10, 0),
    ...guardRequest(args),
    ...placement({ device: text('device'), threads: text('threads') }),
    versions: versions(),
    ...judged(run.recipe, args, modelsFor(run.recipe, args, fromFile ? null : task)),
  }
}

/** What scores steps, beside the models, where the flags say more of it than its folder. */
function judged(
  recipe: Recipe,
  args: Given,
  models: Pick<TrainingRequest, 'model' | 'prm'>,
): Pick<TrainingRequest, 'model' | 'prm' | 'scorer'> {
  const said = Object.keys(rewardArgs).some(name => args[name] !== undefined)
  if (!said || !recipe.needs.includes('prm')) return { ...models, scorer: null }
  const { threshold: _t, aggregation: _a, ...asked } = args
  const prm = elsewhere(args) ? args.prm : (models.prm ?? undefined)
  return { ...models, scorer: scorerSpec({ ...asked, prm }) }
}

/** Whether something else than a model folder judges. */
function elsewhere({ judge, oracle }: Given): boolean {
  return (judge ?? oracle) !== undefined
}

/** The whole number that a flag gives, or what it is without the flag. */
export function wholeFlag(
  args: Given,
  name: string,
  fallback: number,
  min = 1,
  max = Infinity,
): number {
  const text = String(args[name] ?? fallback)
  return numberFlag(`--${kebab(name)}`, text, { min, max, integer: true })
}

/** The recipe of a name; a ConfigError names the nearest one, or all of them. */
export function recipeOf(name: string): Recipe {
  const recipe = recipes.find(r => r.name === name)
  if (recipe) return recipe
  const names = recipes.map(r => r.name)
  throw new ConfigError(`no recipe '${name}'; ${didYouMean(name, names)}`)
}

/** Folders of the models to start from; null where they are made first, prm also where the recipe needs none. */
function modelsFor(
  recipe: Recipe,
  args: Given & { model?: string; prm?: string; fromScratch?: boolean },
  task: string | null,
): Pick<TrainingRequest, 'model' | 'prm'> {
  const { model, prm, fromScratch } = args
  const other = elsewhere(args)
  if (fromScratch === true && ((model ?? prm) !== undefined || other)) {
    throw new ConfigError('--from-scratch makes both models; leave out --model and what judges')
  }
  if (task === null && model === undefined && (prm !== undefined || other)) {
    throw new ConfigError(
      '--prm goes with --model, as does all else that judges: without it both are made',
    )
  }
  if (fromScratch === true || (task === null && model === undefined)) {
    return { model: null, prm: null }
  }
  const needed = recipe.needs.includes('prm')
  if (needed && task === null && prm === undefined && !other) {
    throw new ConfigError(
      `${recipe.name} needs --prm, a process reward model for the policy that --model names; pure-vr needs none`,
    )
  }
  return {
    model: model ?? carriedModel('base', task!),
    prm: needed && !other ? (prm ?? carriedModel('prm', task!)) : null,
  }
}

function carriedModel(name: string, task: string): string {
  const folder = join(carried, name)
  if (task !== carriedTask) {
    throw new ConfigError(
      `no models are carried for ${task}; give --model and --prm, or --from-scratch`,
    )
  }
  if (existsSync(join(folder, 'config.json'))) return folder
  throw new ConfigError(`${folder} is not there; give --model and --prm, or --from-scratch`)
}
