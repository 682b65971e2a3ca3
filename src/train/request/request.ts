// What a run is asked to do. A setting is declared once, in the group that it belongs to; config.json and the flags of the
// command line follow from it.

import { resolve } from 'node:path'
import { z } from 'zod'
import { checked } from '../../data/checked.ts'
import { ConfigError } from '../../errors.ts'
import type { Recipe } from '../../recipe.ts'
import { namesFile } from '../../user/load.ts'
import type { RecipeSource } from '../../user/recipe.ts'
import { adapterSettings } from './adapter.ts'
import { answerSettings } from './answers.ts'
import { chatSettings } from './chat.ts'
import { engineSettings } from './engine.ts'
import { environmentSettings } from './environment.ts'
import { judgeSettings } from './judge.ts'
import { logSettings } from './logs.ts'
import { loopSettings } from './loop.ts'
import { placeSettings } from './place.ts'
import { policySettings } from './policy.ts'
import { preparationSettings } from './preparation.ts'
import { problemSettings } from './problems.ts'
import { promptSettings } from './prompt.ts'
import { whole } from './values.ts'

/** Every setting of a run but its recipe, as config.json has it. */
export const settingsSchema = z.object({
  ...problemSettings,
  ...answerSettings,
  ...environmentSettings,
  ...promptSettings,
  ...policySettings,
  ...engineSettings,
  ...adapterSettings,
  ...judgeSettings,
  ...chatSettings,
  ...preparationSettings,
  ...loopSettings,
  ...logSettings,
  ...placeSettings,
  seed: whole.default(1),
  versions: z.record(z.string(), z.string()).default({}), // of what it runs on, to be stored
})

/** Settings as a run works with them; those that have a default are always there. */
export type Settings = Readonly<z.output<typeof settingsSchema>>

/** Settings as a caller gives them; those that have a default may be missing. */
export type SettingsInput = Readonly<z.input<typeof settingsSchema>>

interface OwnRun {
  readonly recipe: Recipe
  readonly recipeSource?: RecipeSource | null // the file that it came from; default null, it is a carried one
  readonly overrides: Readonly<Record<string, string>> // options of the recipe, as text
  readonly folder: string
}

/** A run as a caller asks for it. Both models are made first where model is null; prm alone is where the recipe needs none. */
export type TrainingRequest = OwnRun & SettingsInput

/** A request whose every setting is there. */
export type WholeRequest = OwnRun & Settings

/** The request with every setting that was left out at its default; with files there is no task. */
export function wholeRequest({
  recipe,
  recipeSource = null,
  overrides,
  folder,
  ...asked
}: TrainingRequest): WholeRequest {
  const wrong = (what: string): Error => new ConfigError(`settings of a run: ${what}`)
  const whole = checked(settingsSchema, asked, wrong, { most: 3 })
  const { reward, problemsFile } = whole
  const task = problemsFile === null ? whole.task : null
  return {
    ...whole,
    reward: reward === null ? null : resolve(reward), // a run may be continued from another folder
    task: task !== null && namesFile(task) ? resolve(task) : task,
    environment: whole.environment === null ? null : environmentPath(whole.environment),
    difficulty: problemsFile === null ? whole.difficulty : null,
    recipe,
    recipeSource,
    overrides,
    folder,
  }
}

/** A file by its absolute path; a name and an address are as they are. */
function environmentPath(name: string): string {
  return namesFile(name) && !/^https?:/.test(name) ? resolve(name) : name
}
