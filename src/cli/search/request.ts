// What `minform search` is asked: which policy, which judge, which searches, and of what problems.

import { ConfigError } from '../../errors.ts'
import type { ScorerSpec } from '../../prm/score/spec.ts'
import { resolve, type Values } from '../../recipe.ts'
import { type Flags, type Given, kebab, numberFlag, textFlag, wholeFlag } from '../flags.ts'
import { givenOptions, optionFlagsOfAll } from '../option-flags.ts'
import { judgeArgs, namingArgs, scorerArgs, scorerSpec } from '../prm/scorer-flags.ts'
import { stepsArgs, stepsFlag } from '../steps-flag.ts'
import { problemFlags } from '../training/problems.ts'
import { promptArgs } from '../training/prompt.ts'
import type { SearchMethod } from './methods/method.ts'
import { searchMethods } from './methods/table.ts'

const { task, difficulty } = problemFlags.args
const ofMethods = optionFlagsOfAll(searchMethods)

export const searchArgs = {
  file: {
    type: 'positional',
    required: false,
    description:
      'JSON Lines of {prompt} (continued as it is, unless a template is chosen) or of problems {question, answer}; standard input when absent or -',
  },
  model: {
    type: 'string',
    valueHint: 'model',
    required: true,
    description: 'folder of the policy, or a GGUF file',
  },
  method: {
    type: 'enum',
    options: searchMethods.map(({ name }) => name),
    required: true,
    description: `how to search; ${searchMethods.map(({ name, about }) => `${name}: ${about}`).join('; ')}. With --evaluate it may be given several times`,
  },
  n: {
    type: 'string',
    valueHint: 'count',
    default: '16',
    description: 'answers, candidates of a step, particles or simulations',
  },
  ...ofMethods,
  ...stepsArgs,
  ...scorerArgs,
  ...promptArgs,
  temperature: { type: 'string', valueHint: 'number', description: 'of the policy; default 1' },
  maxTokens: {
    type: 'string',
    valueHint: 'count',
    description: 'of one answer; default 160, of text 256',
  },
  seed: { type: 'string', valueHint: 'number', default: '1', description: 'of the random draws' },
  task: { ...task, description: `${task.description!.split(';')[0]}; instead of a file` },
  difficulty,
  count: {
    type: 'string',
    valueHint: 'count',
    description: 'problems of the task, held-out ones; default 100',
  },
  evaluate: {
    type: 'boolean',
    description: 'how often the answers are right for n = 1, 2, 4 ..., against the tokens spent',
  },
  seeds: {
    type: 'string',
    valueHint: 'count',
    description: 'with --evaluate: from --seed on; default 1',
  },
  svg: {
    type: 'string',
    valueHint: 'file',
    description: 'with --evaluate: picture to write',
  },
  json: { type: 'boolean', description: 'print the report of --evaluate as JSON' },
} as const satisfies Flags

/** The parts of --help that are of this command alone. */
export const searchSection = { title: 'options of methods', args: ofMethods } as const

/** A search with what it was told. */
export interface NamedSearch {
  readonly method: SearchMethod
  readonly options: Values
}

export interface SearchRequest {
  readonly searches: readonly NamedSearch[]
  readonly n: number
  readonly judge: ScorerSpec | null
  readonly temperature: number
  readonly steps: string // what closes one, as boundaryOf reads it
  readonly maxTokens: number | null // null: by what is searched
  readonly seed: number
  readonly evaluate: { readonly seeds: number; readonly svg: string | null } | null
}

/** The request that flags make; `named` are the methods, in order. What cannot be used is a ConfigError. */
export function searchRequest(args: Given, named: readonly string[]): SearchRequest {
  const methods = [...new Set(named)].map(name => searchMethods.find(one => one.name === name)!)
  const evaluate = args.evaluate === true
  for (const name of ['seeds', 'svg'])
    if (!evaluate && args[name] !== undefined)
      throw new ConfigError(`--${name} goes with --evaluate`)
  if (!evaluate && methods.length > 1)
    throw new ConfigError('one --method is used at a time; --evaluate compares several')
  const text = textFlag(args, 'maxTokens')
  return {
    searches: optionsOf(methods, args),
    n: wholeFlag(args, 'n', 16),
    judge: judgeOf(methods, args),
    steps: stepsFlag(args),
    temperature: numberFlag('--temperature', textFlag(args, 'temperature') ?? '1', { min: 1e-6 }),
    maxTokens: text === null ? null : wholeFlag(args, 'maxTokens', 0),
    seed: wholeFlag(args, 'seed', 1, 0),
    evaluate: evaluate ? { seeds: wholeFlag(args, 'seeds', 1), svg: textFlag(args, 'svg') } : null,
  }
}

/** The judge, where a method asks one; flags that nobody reads are refused. */
function judgeOf(methods: readonly SearchMethod[], args: Given): ScorerSpec | null {
  const asking = methods.filter(({ judge }) => judge).map(({ name }) => name)
  const given = [...Object.keys(namingArgs), ...Object.keys(judgeArgs), 'threshold', 'aggregation']
  const stray = given.find(name => args[name] !== undefined)
  if (asking.length === 0 && stray !== undefined)
    throw new ConfigError(`--${kebab(stray)}: ${methods[0]!.name} asks no judge`)
  if (asking.length === 0) return null
  if (asking.includes('early-rejection') && args.oracle !== undefined)
    throw new ConfigError(
      'early-rejection judges steps that are not finished yet, which an oracle cannot; name --prm or --judge',
    )
  return scorerSpec(args)
}

/** What was given for each method; an option that none of them has is refused. */
function optionsOf(methods: readonly SearchMethod[], args: Given): NamedSearch[] {
  const given = givenOptions(Object.keys(ofMethods), args)
  const stray = Object.keys(given).find(
    name => !methods.some(({ options }) => Object.hasOwn(options, name)),
  )
  if (stray !== undefined) {
    const owners = searchMethods.filter(({ options }) => Object.hasOwn(options, stray))
    throw new ConfigError(
      `--${kebab(stray)} goes with --method ${owners.map(({ name }) => name).join(', ')}, not with ${methods.map(({ name }) => name).join(', ')}`,
    )
  }
  return methods.map(method => {
    const own = Object.entries(given).filter(([name]) => Object.hasOwn(method.options, name))
    return { method, options: resolve(method, Object.fromEntries(own)) }
  })
}
