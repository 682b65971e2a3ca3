// What every training run is asked, whether it stands alone or is compared: groups of flags, and the request they make.

import { ConfigError } from '../../errors.ts'
import type { Recipe } from '../../recipe.ts'
import { recipes } from '../../recipes/index.ts'
import { nearest } from '../../text/nearest.ts'
import type { Settings, WholeRequest } from '../../train/request/request.ts'
import { namesFile } from '../../user/load.ts'
import { loadRecipe, type RecipeSource } from '../../user/recipe.ts'
import { type Flags, type Given, kebab } from '../flags.ts'
import { versions } from '../versions.ts'
import { adapterFlags } from './adapter.ts'
import { answerFlags } from './answers.ts'
import { chatFlags } from './chat.ts'
import { engineFlags } from './engine.ts'
import { environmentFlags } from './environment.ts'
import type { Told } from './group.ts'
import { guardFlags } from './guards.ts'
import { judgeFlags } from './judge.ts'
import { logFlags } from './logs.ts'
import { loopFlags } from './loop.ts'
import { modelFlags } from './models.ts'
import { placeFlags } from './place.ts'
import { preparationFlags } from './preparation.ts'
import { problemFlags } from './problems.ts'
import { promptFlags } from './prompt.ts'

/** Every group, in the order of --help. */
export const groups = [
  problemFlags,
  promptFlags,
  answerFlags,
  environmentFlags,
  modelFlags,
  engineFlags,
  adapterFlags,
  loopFlags,
  guardFlags,
  logFlags,
  preparationFlags,
  placeFlags,
  judgeFlags,
  chatFlags,
] as const

/** Flags of everything but the recipe, its options, the seed and the folder. */
export const trainingArgs: Flags = Object.assign({}, ...groups.map(({ args }) => args))

/** The groups that a comparison takes, whose runs start from the same models: it makes none first. */
export const comparedGroups = groups.filter(group => group !== preparationFlags)

/** Flags of single runs and of comparisons beside these. */
const runArgs = [
  'run',
  'resume',
  'fromScratch',
  'seed',
  'seeds',
  'out',
  'reference',
  'json',
  'help',
]

/** What makes one run of the requests that the same flags ask for. */
export type OneRun = Pick<WholeRequest, 'recipe' | 'recipeSource' | 'overrides' | 'folder' | 'seed'>

/** The request of one run; a flag that cannot be used is a ConfigError. */
export function trainingRequest(run: OneRun, args: Given): WholeRequest {
  return {
    ...run,
    ...problemFlags.read(args, run.recipe),
    ...promptFlags.read(args, run.recipe),
    ...answerFlags.read(args, run.recipe),
    ...environmentFlags.read(args, run.recipe),
    ...modelFlags.read(args, run.recipe),
    ...engineFlags.read(args, run.recipe),
    ...adapterFlags.read(args, run.recipe),
    ...judgeFlags.read(args, run.recipe),
    ...chatFlags.read(args, run.recipe),
    ...loopFlags.read(args, run.recipe),
    ...guardFlags.read(args, run.recipe),
    ...logFlags.read(args, run.recipe),
    ...preparationFlags.read(args, run.recipe),
    ...placeFlags.read(args, run.recipe),
    versions: versions(),
  }
}

/** What settings were asked for, under the names of the flags. */
export function flagsOf(settings: Settings): Told {
  return Object.assign({}, ...groups.map(({ told }) => told(settings)))
}

/** A recipe, and the file that it came from; null where it is a carried one. */
export interface FoundRecipe {
  readonly recipe: Recipe
  readonly recipeSource: RecipeSource | null
}

/** A recipe by its name, or in a file; a ConfigError names the nearest one, or what is wrong with the file. */
export async function findRecipe(name: string): Promise<FoundRecipe> {
  const carried = recipes.find(r => r.name === name)
  if (carried) return { recipe: carried, recipeSource: null }
  const names = recipes.map(r => r.name)
  if (!namesFile(name)) {
    const near = nearest(name, names)
    const told = near ? `did you mean '${near}'?` : `minform recipes lists all ${names.length}`
    throw new ConfigError(`no recipe '${name}'; ${told}`)
  }
  const { recipe, source } = await loadRecipe(name)
  if (names.includes(recipe.name))
    throw new ConfigError(`${name}: ${recipe.name} is the name of a carried recipe; take another`)
  requireOwnNames(name, recipe)
  return { recipe, recipeSource: source }
}

/** Refuses options that are flags already. */
function requireOwnNames(file: string, { options }: Recipe): void {
  const taken = new Set([...Object.keys(trainingArgs), ...runArgs].map(kebab))
  const clash = Object.keys(options).find(name => taken.has(kebab(name)))
  if (clash === undefined) return
  throw new ConfigError(`${file}: options.${clash}: --${kebab(clash)} is a flag already; rename it`)
}
