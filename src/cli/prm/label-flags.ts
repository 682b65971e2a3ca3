// What `minform prm label` is asked: flags, and the request that they make. The options of every method are flags; those
// of another method are refused.

import type { ArgsDef } from 'citty'
import { ConfigError } from '../../errors.ts'
import { type FormatName, formatNames } from '../../prm/formats/index.ts'
import {
  type LabelMethod,
  labelMethodOf,
  labelMethods,
  labelOptions,
} from '../../prm/label/methods.ts'
import type { ScorerSpec } from '../../prm/score/spec.ts'
import type { Split } from '../../problems/splits.ts'
import { taskOf, tasks } from '../../problems/tasks/index.ts'
import type { Values } from '../../recipe.ts'
import { type PolicyName, policies } from '../../rewards/grade/policy.ts'
import type { Device } from '../../types.ts'
import { type Given, kebab, numberFlag, wholeFlag } from '../flags.ts'
import { placement } from '../model.ts'
import type { Source } from './label-source.ts'
import { scorerArgs, scorerSpec } from './scorer-flags.ts'

/** Everything that decides labels, and where they go. */
export interface LabelRequest {
  readonly method: LabelMethod
  readonly options: Values
  readonly source: Source
  readonly model: string | null // folder of the policy
  readonly samples: number // solutions of each problem
  readonly maxTokens: number
  readonly temperature: number
  readonly grading: PolicyName
  readonly seed: number
  readonly judge: ScorerSpec | null
  readonly device: Device
  readonly threads: number
  readonly out: string
  readonly tree: string | null
  readonly atOnce: number // problems
  readonly resume: boolean
}

const splits = ['train', 'validation', 'test'] as const satisfies readonly Split[]
const { device, threads, aggregation: _, ...judgeArgs } = scorerArgs // a step's score is all that is asked

export const labelArgs = {
  method: {
    type: 'enum',
    required: true,
    options: labelMethods.map(({ name }) => name),
    description: `how to label; ${labelMethods.map(({ name, about }) => `${name}: ${about}`).join('; ')}`,
  },
  out: { type: 'string', required: true, description: 'file to write, a line a solution' },
  model: { type: 'string', description: 'folder of the policy that completes' },
  task: { type: 'string', description: `problems of a task: ${[...tasks.keys()].join(', ')}` },
  difficulty: { type: 'string', description: 'of the task, 0 to 3; default 1' },
  count: { type: 'string', description: 'problems of the task; default 100' },
  split: {
    type: 'enum',
    options: [...splits],
    description: 'of the task; default train, which is never reported on',
  },
  problems: { type: 'string', description: 'instead: JSON Lines file of problems' },
  solutions: {
    type: 'string',
    description: 'instead: file of solutions, in any format of labelled steps or without labels',
  },
  format: { type: 'enum', options: [...formatNames], description: 'of --solutions' },
  template: {
    type: 'string',
    description: 'prompt of a question, holds {question}; a record of minform holds the prompt',
  },
  samples: { type: 'string', description: 'solutions that are sampled of a problem; default 4' },
  maxTokens: { type: 'string', description: 'of a completion; default 160, of text 256' },
  rolloutTemperature: { type: 'string', description: 'of the policy; default 1' },
  grading: {
    type: 'enum',
    options: Object.keys(policies),
    description: 'what the grader lets pass; default reward: a boxed answer',
  },
  ...methodArgs(),
  tree: {
    type: 'string',
    description: 'file to write the trees of omega to, as MATH-APS has them',
  },
  ...judgeArgs,
  atOnce: {
    type: 'string',
    description: 'problems at once, and lost at most when a run is killed; default 32',
  },
  resume: { type: 'boolean', description: 'continue the files of --out' },
  seed: { type: 'string', description: 'default 1' },
  json: { type: 'boolean', description: 'print the report as JSON' },
  device,
  threads,
} as const satisfies ArgsDef

/** The request that flags make; a flag that cannot be used is a ConfigError. */
export function labelRequest(args: Given): LabelRequest {
  const text = (name: string): string | undefined => args[name] as string | undefined
  const method = labelMethodOf(text('method')!)
  const seed = wholeFlag(args, 'seed', 1, 0)
  const source = sourceOf(args, seed)
  const needsPolicy = method.name !== 'mutation'
  if (needsPolicy && text('model') === undefined)
    throw new ConfigError(`--method ${method.name} needs --model, the folder of the policy`)
  if (!needsPolicy && source.kind === 'solutions')
    throw new ConfigError(
      '--method mutation starts from worked solutions: of --task or --problems, not --solutions',
    )
  if (text('tree') !== undefined && method.name !== 'omega')
    throw new ConfigError(`--tree goes with --method omega, not with ${method.name}`)
  if (source.kind === 'solutions' && text('samples') !== undefined)
    throw new ConfigError('--samples goes with --task or --problems; --solutions are there already')
  return {
    method,
    options: labelOptions(method, givenOptions(method, args)),
    source,
    model: needsPolicy ? text('model')! : null,
    samples: wholeFlag(args, 'samples', 4),
    maxTokens: wholeFlag(args, 'maxTokens', source.kind === 'task' ? 160 : 256),
    temperature: numberFlag('--rollout-temperature', text('rolloutTemperature') ?? '1', {
      min: 1e-6,
    }),
    grading: (text('grading') ?? 'reward') as PolicyName,
    seed,
    judge: judgeOf(method, args),
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
    if (text('template') !== undefined) throw new ConfigError('--template goes with a file')
    const split = (text('split') ?? 'train') as Split
    const count = wholeFlag(args, 'count', 100)
    const difficulty = wholeFlag(args, 'difficulty', 1, 0, 3)
    return { kind, task: taskOf(text('task')!).name, difficulty, split, count, seed }
  }
  const template = text('template') ?? null
  if (kind === 'problems') return { kind, file: text('problems')!, template }
  const format = (text('format') ?? null) as FormatName | null
  return { kind: 'solutions', file: text('solutions')!, template, format }
}

/** The judge that consensus asks; nobody else asks one. */
function judgeOf(method: LabelMethod, args: Given): ScorerSpec | null {
  if (method.name === 'consensus') return scorerSpec(args)
  const stray = Object.keys(judgeArgs).find(name => args[name] !== undefined)
  if (stray === undefined) return null
  throw new ConfigError(`--${kebab(stray)} goes with --method consensus, not with ${method.name}`)
}

/** The options of all methods as flags, each once. */
function methodArgs(): ArgsDef {
  const args: Record<string, { type: 'string' | 'boolean'; description: string }> = {}
  for (const { name, options } of labelMethods)
    for (const [key, option] of Object.entries(options)) {
      const type = typeof option.default === 'boolean' ? 'boolean' : 'string'
      const said = args[key]?.description.replace(/^.*?; of /, '') ?? ''
      const of = said === '' ? '' : `${said}, `
      args[key] = { type, description: `${option.help}; of ${of}${name} (${option.default})` }
    }
  return args
}

/** What was given of the options of all methods, as texts; resolving them refuses those of other methods. */
function givenOptions(method: LabelMethod, args: Given): Record<string, string> {
  const names = Object.keys(methodArgs()).filter(name => args[name] !== undefined)
  const stray = names.find(name => !Object.hasOwn(method.options, name))
  if (stray !== undefined) {
    const owners = labelMethods.filter(({ options }) => Object.hasOwn(options, stray))
    throw new ConfigError(
      `--${kebab(stray)} goes with --method ${owners.map(({ name }) => name).join(', ')}, not with ${method.name}`,
    )
  }
  return Object.fromEntries(names.map(name => [name, String(args[name])]))
}
