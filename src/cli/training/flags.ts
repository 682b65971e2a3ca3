// What every training run is asked, whether it stands alone or is compared: groups of flags, and the request they make.

import { ConfigError } from '../../errors.ts'
import type { Recipe } from '../../recipe.ts'
import { recipes } from '../../recipes/index.ts'
import type { Settings, WholeRequest } from '../../train/request/request.ts'
import { didYouMean, type Flags, type Given } from '../flags.ts'
import { versions } from '../versions.ts'
import type { Told } from './group.ts'
import { guardFlags } from './guards.ts'
import { judgeFlags } from './judge.ts'
import { loopFlags } from './loop.ts'
import { modelFlags } from './models.ts'
import { placeFlags } from './place.ts'
import { problemFlags } from './problems.ts'

/** Every group, in the order of --help. */
export const groups = [
  problemFlags,
  modelFlags,
  loopFlags,
  guardFlags,
  placeFlags,
  judgeFlags,
] as const

/** Flags of everything but the recipe, its options, the seed and the folder. */
export const trainingArgs: Flags = Object.assign({}, ...groups.map(({ args }) => args))

/** What makes one run of the requests that the same flags ask for. */
export type OneRun = Pick<WholeRequest, 'recipe' | 'overrides' | 'folder' | 'seed'>

/** The request of one run; a flag that cannot be used is a ConfigError. */
export function trainingRequest(run: OneRun, args: Given): WholeRequest {
  return {
    ...run,
    ...problemFlags.read(args, run.recipe),
    ...modelFlags.read(args, run.recipe),
    ...judgeFlags.read(args, run.recipe),
    ...loopFlags.read(args, run.recipe),
    ...guardFlags.read(args, run.recipe),
    ...placeFlags.read(args, run.recipe),
    versions: versions(),
  }
}

/** What settings were asked for, under the names of the flags. */
export function flagsOf(settings: Settings): Told {
  return Object.assign({}, ...groups.map(({ told }) => told(settings)))
}

/** The recipe of a name; a ConfigError names the nearest one, or all of them. */
export function recipeOf(name: string): Recipe {
  const recipe = recipes.find(r => r.name === name)
  if (recipe) return recipe
  const names = recipes.map(r => r.name)
  throw new ConfigError(`no recipe '${name}'; ${didYouMean(name, names)}`)
}
