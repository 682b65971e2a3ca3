// `minform train`: from a recipe's name to a trained policy and a run folder.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ArgsDef, defineCommand } from 'citty'
import { ConfigError } from '../errors.ts'
import { taskOf } from '../problems/tasks/index.ts'
import type { Recipe } from '../recipe.ts'
import { recipes } from '../recipes/index.ts'
import { runTraining, type TrainingRequest } from '../train/run.ts'
import { didYouMean, kebab, numberFlag } from './flags.ts'
import { interruptible } from './interrupt.ts'
import { placeArgs, placement } from './model.ts'
import { stageProgress, trainingReport } from './train-report.ts'
import { versions } from './versions.ts'

const defaultRecipe = 'pure-prm-vr'
const carriedTask = 'nested-arithmetic' // what the models in models/ were made for
const carried = fileURLToPath(new URL('../../models/', import.meta.url))

const shared = {
  recipe: { type: 'positional', required: false, description: `default ${defaultRecipe}` },
  task: { type: 'string', description: 'procedural task; default nested-arithmetic' },
  difficulty: { type: 'string', description: 'of the task, 0 to 3; default 1' },
  problems: { type: 'string', description: 'JSON Lines file of problems, instead of a task' },
  test: { type: 'string', description: 'JSON Lines file of problems to report; default a tenth' },
  model: { type: 'string', description: 'folder of the policy to start from' },
  prm: { type: 'string', description: 'folder of the process reward model' },
  fromScratch: { type: 'boolean', description: 'make both models first' },
  run: { type: 'string', description: 'folder to write; default runs/<recipe>-<time>' },
  iterations: { type: 'string', description: 'default 40' },
  batch: { type: 'string', description: 'problems of one iteration; default 24' },
  maxTokens: { type: 'string', description: 'of one rollout; default 160, of text 256' },
  evalEvery: { type: 'string', description: 'iterations between validations; default 10' },
  seed: { type: 'string', description: 'default 1' },
  ...placeArgs,
} satisfies ArgsDef

/** The command for the recipe that the arguments name: its options become flags. */
export default function train(rawArgs: readonly string[]) {
  const named = rawArgs[0] !== undefined && !rawArgs[0].startsWith('-') ? rawArgs[0] : defaultRecipe
  const recipe = recipeOf(named)
  const args: ArgsDef = { ...shared, ...optionFlags(recipe) }
  return defineCommand({
    meta: { name: 'train', description: `${recipe.name} (${recipe.paper}): ${recipe.about}` },
    args,
    run: ({ args }) => start(recipe, args),
  })
}

async function start(recipe: Recipe, args: Readonly<Record<string, unknown>>): Promise<void> {
  const text = (name: string): string | undefined => args[name] as string | undefined
  if (text('recipe') !== undefined && text('recipe') !== recipe.name) {
    throw new ConfigError(`name the recipe first: minform train ${text('recipe')} ...`)
  }
  const whole = (name: string, fallback: number, min = 1, max = Infinity): number =>
    numberFlag(`--${kebab(name)}`, text(name) ?? String(fallback), { min, max, integer: true })
  const fromFile = text('problems') !== undefined
  for (const name of ['task', 'difficulty']) {
    if (fromFile && text(name)) throw new ConfigError(`--${name} does not go with --problems`)
  }
  const task = taskOf(text('task') ?? carriedTask).name
  const request: TrainingRequest = {
    recipe,
    overrides: overridesOf(recipe, args),
    task,
    difficulty: whole('difficulty', 1, 0, 3),
    problemsFile: text('problems') ?? null,
    testFile: text('test') ?? null,
    folder: text('run') ?? join('runs', `${recipe.name}-${stamp()}`),
    iterations: whole('iterations', 40, 0),
    problems: whole('batch', 24),
    maxTokens: whole('maxTokens', fromFile ? 256 : 160),
    evaluateEvery: whole('evalEvery', 10, 0),
    seed: whole('seed', 1, 0),
    ...placement({ device: text('device'), threads: text('threads') }),
    versions: versions(),
    ...modelsFor(recipe, args, fromFile ? null : task),
  }
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  const { signal, release } = interruptible(say)
  try {
    const report = trainingReport(request.iterations)
    const result = await runTraining(request, { ...report, stages: stageProgress() }, signal)
    process.stdout.write(report.summary(request, result))
  } finally {
    release()
  }
}

function recipeOf(name: string): Recipe {
  const recipe = recipes.find(r => r.name === name)
  if (recipe) return recipe
  const names = recipes.map(r => r.name)
  throw new ConfigError(`no recipe '${name}'; ${didYouMean(name, names)}`)
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

/** Folders of the models to start from; null where they are made first, prm also where the recipe needs none. */
function modelsFor(
  recipe: Recipe,
  { model, prm, fromScratch }: { model?: string; prm?: string; fromScratch?: boolean },
  task: string | null,
): Pick<TrainingRequest, 'model' | 'prm'> {
  if (fromScratch === true && (model ?? prm) !== undefined) {
    throw new ConfigError('--from-scratch makes both models; leave out --model and --prm')
  }
  if (task === null && model === undefined && prm !== undefined) {
    throw new ConfigError('--prm goes with --model, whose tokenizer it shares')
  }
  if (fromScratch === true || (task === null && model === undefined)) {
    return { model: null, prm: null }
  }
  const needed = recipe.needs.includes('prm')
  if (needed && task === null && prm === undefined) {
    throw new ConfigError(
      `${recipe.name} needs --prm, a process reward model for the policy that --model names; pure-vr needs none`,
    )
  }
  return {
    model: model ?? carriedModel('base', task!),
    prm: needed ? (prm ?? carriedModel('prm', task!)) : null,
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

function stamp(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(':', '-')
}
