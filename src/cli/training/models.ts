// The policy and its judge: which ones a run starts from follows from the recipe, the task, and what is given for both.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '../../errors.ts'
import { carriedModels } from '../../model-source/carried-models.ts'
import type { Recipe } from '../../recipe.ts'
import type { Settings } from '../../train/request/request.ts'
import { type Given, textFlag } from '../flags.ts'
import { namingArgs } from '../prm/scorer-flags.ts'
import { group } from './group.ts'
import { carriedTask, problemFlags } from './problems.ts'

type Folders = Pick<Settings, 'model' | 'prm'>

export const modelFlags = group({
  title: 'models',
  args: {
    model: { type: 'string', valueHint: 'model', description: 'of the policy to start from' },
    ...namingArgs,
  },
  read: (args, recipe) => {
    const { task = null } = problemFlags.read(args, recipe)
    return foldersFor(recipe, args, task)
  },
  told: ({ model, prm }) => ({ model, prm, fromScratch: String(model === null) }),
})

/** Whether something else than a model folder judges. */
export function namesOther({ judge, oracle }: Given): boolean {
  return (judge ?? oracle) !== undefined
}

/** Folders of the models to start from; null where they are made first, prm also where the recipe needs none. */
function foldersFor(
  recipe: Recipe,
  args: Given & { model?: string; prm?: string; fromScratch?: boolean },
  task: string | null,
): Folders {
  const { model, prm, fromScratch } = args
  const other = namesOther(args)
  if (fromScratch === true && ((model ?? prm) !== undefined || other)) {
    throw new ConfigError('--from-scratch makes both models; leave out --model and what judges')
  }
  if (fromScratch === true) return { model: null, prm: null }
  const needed = recipe.needs.includes('prm')
  const judged = !needed || prm !== undefined || other
  if (task === null && (model === undefined || !judged)) {
    const said = textFlag(args, 'recipe') ?? recipe.name // a recipe of the user's is called by its file
    const lacks = { policy: model === undefined, judge: !judged }
    throw new ConfigError(lacking({ ...recipe, name: said }, args, lacks))
  }
  return {
    model: model ?? carriedModel('base', task!),
    prm: needed && !other ? (prm ?? carriedModel('prm', task!)) : null,
  }
}

/** What a run on a user's problems lacks, and every way to get there, as commands. */
function lacking(
  { name, needs }: Recipe,
  { problems, model = 'MODEL', prm }: Given & { model?: string; prm?: string },
  lacks: { readonly policy: boolean; readonly judge: boolean },
): string {
  const train = (recipe: string): string =>
    `minform train ${recipe} --problems ${problems} --model ${model}`
  const what = [
    ...(lacks.policy ? ['--model, the policy that learns (a Hugging Face folder)'] : []),
    ...(lacks.judge ? ['something that judges steps'] : []),
  ]
  const judges = [
    ['  a process reward model that you have', `${train(name)} --prm DIR`],
    ['  a chat model behind an endpoint', `${train(name)} --judge URL --judge-model NAME`],
    [
      '  a reward model trained on what the policy itself solves and misses',
      `minform prm label --method omega --model ${model} --problems ${problems} --out labels.jsonl`,
      `minform prm train --model ${model} --data labels.jsonl --out judge`,
      `${train(name)} --prm judge`,
    ],
    ['  no judge, answers alone', train('pure-vr')],
  ]
  const judging = needs.includes('prm') ? (prm ? ` --prm ${prm}` : ' ...') : ''
  const given = lacks.judge ? judges : [[`  ${train(name)}${judging}`]]
  const scratch = [
    '  both made first, tiny ones, from worked solutions in the file',
    `minform train ${name} --problems ${problems} --from-scratch`,
  ]
  const ways = [...given, ...(lacks.policy ? [scratch] : [])]
  const lines = ways.map(([title, ...commands]) => [title, ...commands.map(one => `    ${one}`)])
  return [`${name} on problems of your own needs ${what.join(' and ')}:`, ...lines.flat()].join(
    '\n',
  )
}

function carriedModel(name: keyof typeof carriedModels, task: string): string {
  const folder = carriedModels[name]
  if (task !== carriedTask) {
    throw new ConfigError(
      `no models are carried for ${task}; give --model and --prm, or --from-scratch`,
    )
  }
  if (existsSync(join(folder, 'config.json'))) return folder
  throw new ConfigError(`${folder} is not there; give --model and --prm, or --from-scratch`)
}
