// What `minform prm label` is asked: flags, and the request that they make. The options of every method are flags; those
// of another method are refused.

import type { Device } from '../../engine/engine.ts'
import { ConfigError } from '../../errors.ts'
import { type FormatName, formatNames } from '../../prm/formats/index.ts'
import {
  type LabelMethod,
  labelMethodOf,
  labelMethods,
  labelOptions,
} from '../../prm/label/methods/index.ts'
import type { ScorerSpec } from '../../prm/score/spec.ts'
import type { Split } from '../../problems/splits.ts'
import { tasks } from '../../problems/tasks/index.ts'
import type { Values } from '../../recipe.ts'
import { type PolicyName, policies } from '../../rewards/grade/policy.ts'
import type { PromptWish } from '../../train/prompting.ts'
import { taskSetting } from '../../user/task.ts'
import { type Flags, type Given, kebab, numberFlag, wholeFlag } from '../flags.ts'
import { placement, placeSection } from '../model.ts'
import { givenOptions, optionFlagsOfAll } from '../option-flags.ts'
import { type SamplerSpec, samplerArgs, samplerSection, samplerSpec } from '../sampler.ts'
import { stepsArgs, stepsFlag } from '../steps-flag.ts'
import { chatFlags, chatServer } from '../training/chat.ts'
import { promptArgs, wishOf } from '../training/prompt.ts'
import type { Section } from '../usage.ts'
import type { Source } from './label-source.ts'
import { judgeSection, scorerArgs, scorerSpec } from './scorer-flags.ts'

type ChatServer = NonNullable<ReturnType<typeof chatServer>>

/** Everything that decides labels, and where they go. */
export interface LabelRequest {
  readonly method: LabelMethod
  readonly options: Values
  readonly source: Source
  readonly wish: PromptWish // how the policy is asked
  readonly model: string | null // folder of the policy
  readonly samples: number // solutions of each problem
  readonly keep: number | null // of those, the ones that are labelled; null: all
  readonly maxTokens: number
  readonly temperature: number
  readonly steps: string // what closes one that is sampled, as boundaryOf reads it
  readonly grading: PolicyName
  readonly seed: number
  readonly sampler: SamplerSpec | null // the server that holds the policy; null: it samples here
  readonly judge: ScorerSpec | null
  readonly chat: ChatServer | null
  readonly device: Device
  readonly threads: number
  readonly out: string
  readonly tree: string | null
  readonly atOnce: number // problems
  readonly resume: boolean
}

const splits = ['train', 'validation', 'test'] as const satisfies readonly Split[]
const { device, threads, aggregation: _, ...askedArgs } = scorerArgs // a step's score is all that is asked

const ofMethods = optionFlagsOfAll(labelMethods)

export const labelArgs = {
  method: {
    type: 'enum',
    required: true,
    options: labelMethods.map(({ name }) => name),
    description: `how to label; ${labelMethods.map(({ name, about }) => `${name}: ${about}`).join('; ')}`,
  },
  out: {
    type: 'string',
    valueHint: 'folder',
    required: true,
    description: 'file to write, a line a solution',
  },
  model: {
    type: 'string',
    valueHint: 'model',
    description: 'folder of the policy that completes',
  },
  task: {
    type: 'string',
    valueHint: 'name',
    description: `problems of a task: ${[...tasks.keys()].join(', ')}`,
  },
  difficulty: {
    type: 'string',
    valueHint: 'number',
    description: 'of the task, 0 to 3; default 1',
  },
  count: { type: 'string', valueHint: 'count', description: 'problems of the task; default 100' },
  split: {
    type: 'enum',
    options: [...splits],
    description: 'of the task; default train, which is never reported on',
  },
  problems: {
    type: 'string',
    valueHint: 'file',
    description: 'instead: JSON Lines file of problems',
  },
  solutions: {
    type: 'string',
    valueHint: 'file',
    description: 'instead: file of solutions, in any format of labelled steps or without labels',
  },
  format: { type: 'enum', options: [...formatNames], description: 'of --solutions' },
  ...promptArgs,
  samples: {
    type: 'string',
    valueHint: 'count',
    description: 'solutions that are sampled of a problem; default 4',
  },
  diverse: {
    type: 'string',
    valueHint: 'count',
    description: 'of these, those that are labelled: unsure ones, unlike each other; default all',
  },
  maxTokens: {
    type: 'string',
    valueHint: 'count',
    description: 'of a completion; default 160, of text 256',
  },
  rolloutTemperature: {
    type: 'string',
    valueHint: 'number',
    description: 'of the policy; default 1',
  },
  grading: {
    type: 'enum',
    options: Object.keys(policies),
    description: 'what the grader lets pass; default reward: a boxed answer',
  },
  ...stepsArgs,
  ...ofMethods,
  tree: {
    type: 'string',
    valueHint: 'file',
    description: 'file to write the trees of omega to, as MATH-APS has them',
  },
  ...askedArgs,
  ...chatFlags.args,
  ...samplerArgs,
  atOnce: {
    type: 'string',
    valueHint: 'count',
    description: 'problems at once, and lost at most when a run is killed; default 32',
  },
  resume: { type: 'boolean', description: 'continue the files of --out' },
  seed: { type: 'string', valueHint: 'number', description: 'default 1' },
  json: { type: 'boolean', description: 'print the report as JSON' },
  device,
  threads,
} as const satisfies Flags

/** Parts of --help. */
export const labelSections: readonly Section[] = [
  { title: 'options of methods', args: ofMethods },
  samplerSection,
  placeSection,
  judgeSection,
  { title: 'chat model', args: chatFlags.args },
]

/** The request that flags make; a flag that cannot be used is a ConfigError. */
export function labelRequest(args: Given): LabelRequest {
  const text = (name: string): string | undefined => args[name] as string | undefined
  const method = labelMethodOf(text('method')!)
  const seed = wholeFlag(args, 'seed', 1, 0)
  const source = sourceOf(args, seed)
  const needsPolicy = method.fromWorked !== true
  if (needsPolicy && text('model') === undefined)
    throw new ConfigError(`--method ${method.name} needs --model, the folder of the policy`)
  if (!needsPolicy && source.kind === 'solutions')
    throw new ConfigError(
      `--method ${method.name} starts from worked solutions: of --task or --problems, not --solutions`,
    )
  if (text('tree') !== undefined && method.name !== 'omega')
    throw new ConfigError(`--tree goes with --method omega, not with ${method.name}`)
  const ofSampled = ['samples', 'diverse'].find(name => text(name) !== undefined)
  if (source.kind === 'solutions' && ofSampled !== undefined)
    throw new ConfigError(
      `--${ofSampled} goes with --task or --problems; --solutions are there already`,
    )
  if (text('steps') !== undefined && (source.kind === 'solutions' || !needsPolicy))
    throw new ConfigError('--steps is of solutions that a policy samples: of --task or --problems')
  return {
    method,
    options: labelOptions(method, methodOptions(method, args)),
    source,
    wish: wishOf(args),
    model: needsPolicy ? text('model')! : null,
    samples: wholeFlag(args, 'samples', 4),
    keep: text('diverse') === undefined ? null : wholeFlag(args, 'diverse', 1),
    maxTokens: wholeFlag(args, 'maxTokens', source.kind === 'task' ? 160 : 256),
    temperature: numberFlag('--rollout-temperature', text('rolloutTemperature') ?? '1', {
      min: 1e-6,
    }),
    steps: stepsFlag(args),
    grading: (text('grading') ?? 'reward') as PolicyName,
    seed,
    sampler: samplerOf(needsPolicy, args),
    judge: judgeOf(method, args),
    chat: chatOf(method, args),
    ...placement({ device: text('device'), threads: text('threads') }),
    out: text('out')!,
    tree: text('tree') ?? null,
    atOnce: wholeFlag(args, 'atOnce', 32),
    resume: args.resume === true,
  }
}

function sourceOf(args: Given, seed: number): Source {
  const text = (name: string): string | undefined => args[name] as string | undefined
  const [kind, ...others] = ['task', 'problems', 'solutions'].filter(one => text(one) !== undefined)
  if (kind === undefined || others.length > 0)
    throw new ConfigError(
      `name what is labelled, by one of --task, --problems and --solutions${others.length > 0 ? `; got --${kind} and --${others.join(' and --')}` : ''}`,
    )
  const only = { task: ['difficulty', 'count', 'split'], problems: [], solutions: ['format'] }
  for (const [other, names] of Object.entries(only)) {
    const stray = other === kind ? undefined : names.find(name => text(name) !== undefined)
    if (stray !== undefined) throw new ConfigError(`--${stray} goes with --${other}, not --${kind}`)
  }
  if (kind === 'task') {
    const split = (text('split') ?? 'train') as Split
    const count = wholeFlag(args, 'count', 100)
    const difficulty = wholeFlag(args, 'difficulty', 1, 0, 3)
    return { kind, task: taskSetting(text('task')!), difficulty, split, count, seed }
  }
  if (kind === 'problems') return { kind, file: text('problems')! }
  const format = (text('format') ?? null) as FormatName | null
  return { kind: 'solutions', file: text('solutions')!, format }
}

function samplerOf(needsPolicy: boolean, args: Given): SamplerSpec | null {
  const sampler = samplerSpec(args)
  if (sampler !== null && !needsPolicy)
    throw new ConfigError('--sampler-url goes with a method whose policy completes solutions')
  return sampler
}

/** The judge of a method that asks one. */
function judgeOf(method: LabelMethod, args: Given): ScorerSpec | null {
  if (method.asksJudge === true) return scorerSpec(args)
  const stray = Object.keys(askedArgs).find(name => args[name] !== undefined)
  if (stray === undefined) return null
  const asking = labelMethods.filter(one => one.asksJudge === true).map(({ name }) => name)
  throw new ConfigError(
    `--${kebab(stray)} goes with --method ${asking.join(', ')}, not with ${method.name}`,
  )
}

/** The chat model of a method that asks one. */
function chatOf(method: LabelMethod, args: Given): ChatServer | null {
  const chat = chatServer(args)
  const asks = method.asksChat === true
  if (asks && chat === null)
    throw new ConfigError(
      `--method ${method.name} asks a chat model: name it by --chat ADDRESS --chat-model NAME`,
    )
  if (asks || chat === null) return chat
  const asking = labelMethods.filter(one => one.asksChat === true).map(({ name }) => name)
  throw new ConfigError(`--chat goes with --method ${asking.join(', ')}, not with ${method.name}`)
}

/** What was given of the options of all methods; one that the named method lacks is refused. */
function methodOptions(method: LabelMethod, args: Given): Record<string, string> {
  const given = givenOptions(Object.keys(ofMethods), args)
  const stray = Object.keys(given).find(name => !Object.hasOwn(method.options, name))
  if (stray === undefined) return given
  const owners = labelMethods.filter(({ options }) => Object.hasOwn(options, stray))
  throw new ConfigError(
    `--${kebab(stray)} goes with --method ${owners.map(({ name }) => name).join(', ')}, not with ${method.name}`,
  )
}
