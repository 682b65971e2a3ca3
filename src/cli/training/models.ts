// The policy and its judge: which ones a run starts from follows from the recipe, the task, and what is given for both.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigError } from '../../errors.ts'
import type { Recipe } from '../../recipe.ts'
import type { Settings } from '../../train/request/request.ts'
import type { Given } from '../flags.ts'
import { rewardArgs, rewardFlagsOf, scorerSpec } from '../prm/scorer-flags.ts'
import { group } from './group.ts'
import { carriedTask, problemFlags } from './problems.ts'

const carried = fileURLToPath(new URL('../../../models/', import.meta.url))

type Folders = Pick<Settings, 'model' | 'prm'>

export const modelFlags = group({
  title: 'models',
  args: {
    model: { type: 'string', description: 'folder of the policy to start from' },
    prm: { type: 'string', description: 'folder of the process reward model' },
    ...rewardArgs,
  },
  read: (args, recipe) => {
    const { problemsFile, task } = problemFlags.read(args, recipe)
    return judged(recipe, args, foldersFor(recipe, args, problemsFile === null ? task : null))
  },
  told: ({ model, prm, scorer }) => ({
    model,
    prm,
    ...rewardFlagsOf(scorer),
    fromScratch: String(model === null),
  }),
})

/** What scores steps, beside the models, where the flags say more of it than its folder. */
function judged(
  recipe: Recipe,
  args: Given,
  models: Folders,
): Pick<Settings, 'model' | 'prm' | 'scorer'> {
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

/** Folders of the models to start from; null where they are made first, prm also where the recipe needs none. */
function foldersFor(
  recipe: Recipe,
  args: Given & { model?: string; prm?: string; fromScratch?: boolean },
  task: string | null,
): Folders {
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
