// `minform prm train`: a process reward model from labelled steps, or from outcomes.

import { defineCommand } from 'citty'
import { ConfigError } from '../../errors.ts'
import { conventions } from '../../prm/score/conventions.ts'
import { labelModes } from '../../prm/train/labels.ts'
import { prmMethodOf, prmMethods } from '../../prm/train/methods/index.ts'
import type { PrmMethod } from '../../prm/train/methods/method.ts'
import { tasks } from '../../problems/tasks/index.ts'
import type { PrmSource } from '../../train/prm-data.ts'
import { type PrmRequest, prmSettings } from '../../train/prm-request.ts'
import { endedTraining, trainRewardModel } from '../../train/prm-training.ts'
import { taskSetting } from '../../user/task.ts'
import {
  didYouMean,
  type Flags,
  type Given,
  kebab,
  numberFlag,
  repeatedFlag,
  wholeFlag,
} from '../flags.ts'
import { stoppable } from '../interrupt.ts'
import { placeArgs, placement, placeSection } from '../model.ts'
import { modelPath } from '../named-model.ts'
import { givenOptions, optionFlagsOfAll } from '../option-flags.ts'
import { baseTypeOf, loraArgs, loraOf } from '../training/adapter.ts'
import { chatFlags, chatServer } from '../training/chat.ts'
import { promptArgs, promptSection, wishOf } from '../training/prompt.ts'
import type { Section } from '../usage.ts'
import { versions } from '../versions.ts'
import { readingArgs, readingOptions, readingSection } from './reading-flags.ts'
import { prmReport } from './train-report.ts'

const ofLosses = optionFlagsOfAll(prmMethods)

const args = {
  model: {
    type: 'string',
    valueHint: 'model',
    description: 'folder to start from',
    required: true,
  },
  out: { type: 'string', valueHint: 'folder', description: 'folder to write', required: true },
  loss: {
    type: 'enum',
    options: prmMethods.map(({ name }) => name),
    default: 'cross-entropy',
    description: prmMethods.map(({ name, about }) => `${name}: ${about}`).join('; '),
  },
  ...ofLosses,
  data: {
    type: 'string',
    valueHint: 'file',
    description: 'file of labelled solutions; may be given several times',
  },
  ...readingArgs,
  validation: {
    type: 'string',
    valueHint: 'file|share',
    description: 'a file, or the share of problems to validate on; default 0.1',
  },
  task: {
    type: 'string',
    valueHint: 'name',
    description: `instead of files, a task with an oracle: ${[...tasks.keys()].join(', ')}`,
  },
  difficulty: {
    type: 'string',
    valueHint: 'number',
    description: 'of the task, 0 to 3; default 1',
  },
  policy: {
    type: 'string',
    valueHint: 'model',
    description: 'whose rollouts of the task are labelled; default --model',
  },
  count: {
    type: 'string',
    valueHint: 'count',
    description: 'problems of the task, two rollouts each; default 8000',
  },
  maxTokens: { type: 'string', valueHint: 'count', description: 'of one rollout; default 160' },
  labels: {
    type: 'enum',
    options: [...labelModes],
    description:
      'up to the first wrong step, or all; default first-error, all where labels are values',
  },
  labelThreshold: {
    type: 'string',
    valueHint: 'number',
    description: 'a label below it says wrong; default 0.5',
  },
  inside: {
    type: 'boolean',
    description: 'label the tokens inside steps too; default: of a task, where the loss can',
  },
  convention: {
    type: 'enum',
    options: [...conventions.keys()],
    description: "how texts are laid out; default the model's own, or minform",
  },
  long: {
    type: 'enum',
    options: ['leave-out', 'windows'],
    default: 'leave-out',
    description: 'what solutions longer than the context are',
  },
  replacedUpdates: {
    type: 'string',
    valueHint: 'count',
    description:
      'the first of the updates learn which digits of right solutions were replaced; default 0, of a task a quarter where the head is new',
  },
  replacedShare: {
    type: 'string',
    valueHint: 'share',
    description: 'of the tokens with a digit in these; default 0.15',
  },
  newLayers: {
    type: 'string',
    valueHint: 'count',
    description: 'above the trunk, below a new head; default 0, of a task 2',
  },
  updates: { type: 'string', valueHint: 'count', description: 'default 1600' },
  headUpdates: {
    type: 'string',
    valueHint: 'count',
    description:
      'the first of these move the head alone; default a tenth where it is new, at most 50',
  },
  headRate: {
    type: 'string',
    valueHint: 'number',
    description: 'step size in these; default 1e-3',
  },
  learningRate: {
    type: 'string',
    valueHint: 'number',
    description: `step size at its peak; default ${ratesText()}, for models of about a million parameters`,
  },
  weightDecay: { type: 'string', valueHint: 'number', description: 'default 0.1' },
  updateSize: {
    type: 'string',
    valueHint: 'count',
    description: 'solutions, or pairs, of one update; default 64',
  },
  threshold: {
    type: 'string',
    valueHint: 'number',
    description: "a score above it says right; default the loss's own, or the best in validation",
  },
  validateEvery: {
    type: 'string',
    valueHint: 'count',
    description: 'updates; default a tenth of them',
  },
  checkpointEvery: {
    type: 'string',
    valueHint: 'count',
    description: 'updates; default 0, only when interrupted',
  },
  run: {
    type: 'string',
    valueHint: 'folder',
    description: 'folder of metrics and checkpoints; default OUT-training',
  },
  resume: { type: 'boolean', description: 'go on from the last checkpoint of --run' },
  dtype: {
    type: 'enum',
    options: ['float32', 'float16', 'bfloat16'],
    default: 'float32',
    description: 'of the saved weights',
  },
  seed: { type: 'string', valueHint: 'number', description: 'default 1' },
  ...promptArgs,
  ...chatFlags.args,
  ...loraArgs,
  ...placeArgs,
} as const satisfies Flags

const trainSections: readonly Section[] = [
  { title: 'options of losses', args: ofLosses },
  readingSection,
  promptSection,
  { title: 'chat model', args: chatFlags.args },
  { title: 'adapter', args: loraArgs },
  placeSection,
]

const command = defineCommand({
  meta: { name: 'train', description: 'train a process reward model, into --out' },
  args,
  run: async ({ args, rawArgs }) => {
    const request = await modelsHere(requestOf(args, rawArgs))
    const settings = prmSettings(request)
    const report = prmReport(settings.updates)
    const resume = args.resume === true
    if (resume && endedTraining(settings))
      return report.say(`${settings.out} holds its model: there is nothing left to go on with`)
    const result = await stoppable(
      signal => trainRewardModel(request, report, signal, { resume }),
      report.say,
    )
    process.stdout.write(report.summary(settings, result))
  },
})

export default { ...command, sections: trainSections }

/** The request with its models on this machine. */
async function modelsHere(request: PrmRequest): Promise<PrmRequest> {
  const { model, source } = request
  return {
    ...request,
    model: await modelPath(model),
    source: source.kind === 'task' ? { ...source, policy: await modelPath(source.policy) } : source,
  }
}

/** What the flags ask for; a ConfigError where they cannot. */
export function requestOf(args: Given, rawArgs: readonly string[]): PrmRequest {
  const text = (name: string): string | undefined => args[name] as string | undefined
  const [model, out] = [text('model') ?? '', text('out') ?? '']
  for (const [flag, folder] of Object.entries({ model, out }))
    if (folder === '') throw new ConfigError(`--${flag} is a folder`)
  const method = prmMethodOf(text('loss') ?? 'cross-entropy')
  const [folder, threshold] = [text('run'), text('threshold')]
  const whole = (name: string, min?: number) =>
    text(name) === undefined ? undefined : wholeFlag(args, name, 0, min)
  const number = (name: string, flag: string, range: { min: number; max?: number } = { min: 0 }) =>
    text(name) === undefined ? undefined : numberFlag(flag, text(name)!, range)
  return {
    method,
    overrides: overridesOf(method, args),
    model,
    out,
    source: sourceOf(args, rawArgs, model),
    wish: wishOf(args),
    chat: chatServer(args),
    ...(folder !== undefined && { folder }),
    labels: given({
      mode: labelModes.find(mode => mode === args.labels),
      threshold: number('labelThreshold', '--label-threshold'),
      inside: args.inside as boolean | undefined,
      long: args.long === 'windows' ? 'windows' : undefined,
    }),
    start: {
      ...given({ convention: text('convention'), newLayers: whole('newLayers', 0) }),
      lora: loraOf(args),
      baseType: baseTypeOf(args),
    },
    course: given({
      updates: whole('updates'),
      batch: whole('updateSize'),
      learningRate: number('learningRate', '--learning-rate'),
      weightDecay: number('weightDecay', '--weight-decay'),
      headUpdates: whole('headUpdates', 0),
      headRate: number('headRate', '--head-rate'),
      replacedUpdates: whole('replacedUpdates', 0),
      replacedShare: number('replacedShare', '--replaced-share', { min: 0, max: 1 }),
    }),
    keeping: given({
      validateEvery: whole('validateEvery', 0),
      checkpointEvery: whole('checkpointEvery', 0),
      threshold: threshold === undefined ? undefined : numberFlag('--threshold', threshold),
      dtype: dtypes.find(one => one === args.dtype),
    }),
    ...given({ seed: whole('seed', 0) }),
    ...placement({ device: text('device'), threads: text('threads') }),
    versions: versions(),
  }
}

/** What of some settings was given. */
function given<T extends object>(settings: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const known = Object.entries(settings).filter(([, value]) => value !== undefined)
  return Object.fromEntries(known) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

const dtypes = ['float32', 'float16', 'bfloat16'] as const
const ofFiles = [...Object.keys(readingArgs), 'validation']
const ofTasks = ['difficulty', 'policy', 'count', 'maxTokens']

function sourceOf(args: Given, rawArgs: readonly string[], model: string): PrmSource {
  const text = (name: string): string | undefined => args[name] as string | undefined
  const files = repeatedFlag('--data', rawArgs)
  const task = text('task')
  if ((files.length === 0) === (task === undefined))
    throw new ConfigError('give either --data, files of labelled solutions, or --task')
  for (const name of task === undefined ? ofTasks : ofFiles)
    if (args[name] !== undefined && args[name] !== false)
      throw new ConfigError(
        `--${kebab(name)} goes with ${task === undefined ? '--task' : '--data'}`,
      )
  if (task !== undefined)
    return {
      kind: 'task',
      task: taskSetting(task),
      difficulty: wholeFlag(args, 'difficulty', 1, 0, 3),
      policy: text('policy') ?? model,
      labelledProblems: wholeFlag(args, 'count', 8000),
      validationProblems: 200,
      maxTokens: wholeFlag(args, 'maxTokens', 160),
    }
  const validation = text('validation') ?? '0.1'
  const share = validation.trim() === '' ? Number.NaN : Number(validation)
  return {
    kind: 'files',
    files,
    reading: readingOptions(args, rawArgs),
    skipBad: args.skipBad === true,
    validation: Number.isNaN(share) ? validation : share,
  }
}

/** The step sizes of the losses: the common one, and those that differ. */
function ratesText(): string {
  const [first, ...others] = prmMethods
  const differ = others.filter(({ learningRate }) => learningRate !== first!.learningRate)
  const named = differ.map(({ name, learningRate }) => `${learningRate} of ${name}`)
  return [String(first!.learningRate), ...named].join(', ')
}

/** What was given of the options of all losses; one that the named loss lacks is refused. */
function overridesOf({ name, options }: PrmMethod, args: Given): Record<string, string> {
  const given = givenOptions(Object.keys(ofLosses), args)
  const foreign = Object.keys(given).find(key => !Object.hasOwn(options, key))
  if (foreign === undefined) return given
  throw new ConfigError(
    `--loss ${name} has no option '${foreign}'; ${didYouMean(foreign, Object.keys(options))}`,
  )
}
