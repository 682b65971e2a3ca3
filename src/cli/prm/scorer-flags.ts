// Flags of every command that asks a scorer of steps, and the scorer that they name.

import { ConfigError } from '../../errors.ts'
import { requireNoSecret } from '../../http/address.ts'
import { conventions } from '../../prm/score/conventions.ts'
import { judgeVotes } from '../../prm/score/judge.ts'
import { type JudgeStyleName, judgeStyles } from '../../prm/score/judge-styles.ts'
import {
  type JudgeSpec,
  type ModelSpec,
  type ScorerSpec,
  type ServedSpec,
  scorerSpecSchema,
} from '../../prm/score/spec.ts'
import { type Aggregation, aggregations } from '../../prm/score/step-scorer.ts'
import { tasks } from '../../problems/tasks/index.ts'
import { taskSetting } from '../../user/task.ts'
import { type Flags, type Given, kebab, numberFlag } from '../flags.ts'
import { placeArgs, placement } from '../model.ts'
import type { Section } from '../usage.ts'

const styles = Object.keys(judgeStyles) as JudgeStyleName[]

/** How a model folder is asked. */
const modelArgs = {
  convention: {
    type: 'enum',
    options: [...conventions.keys()],
    description: 'how the reward model is asked; default: as its config.json says',
  },
  prmReference: {
    type: 'string',
    valueHint: 'model',
    description: 'folder of the reference of a model that is scored by a ratio',
  },
  long: {
    type: 'enum',
    options: ['refuse', 'windows'],
    description: "what a solution longer than the reward model's context is",
  },
  separators: {
    type: 'enum',
    options: ['refuse', 'keep'],
    description: 'what a step is that holds the separator of steps',
  },
} as const satisfies Flags

/** Where a model folder is served, if it is not opened here. */
const servedArgs = {
  prmUrl: {
    type: 'string',
    valueHint: 'address',
    description:
      'server that holds the reward model, such as http://localhost:8001 of vLLM; of --prm only configuration and tokenizer are read',
  },
  prmModel: {
    type: 'string',
    valueHint: 'name',
    description: 'its name there; default the only one that is served',
  },
  prmReferenceUrl: {
    type: 'string',
    valueHint: 'address',
    description: 'server of --prm-reference; default the same',
  },
  prmReferenceModel: {
    type: 'string',
    valueHint: 'name',
    description: 'name of the reference there',
  },
} as const satisfies Flags

/** How a server is asked, whatever it holds. */
const serverArgs = {
  apiKeyEnv: {
    type: 'string',
    valueHint: 'variable',
    description: 'environment variable with the key that a server asks for; default: none is sent',
  },
  concurrency: {
    type: 'string',
    valueHint: 'count',
    description: 'requests to it at once; default 8 to a chat model, 32 to a reward model',
  },
  timeout: {
    type: 'string',
    valueHint: 'seconds',
    description: 'seconds until a request is given up; default 120',
  },
  retries: {
    type: 'string',
    valueHint: 'count',
    description: 'of a request that failed; default 4, of --prm-url 8',
  },
} as const satisfies Flags

/** How a chat model is asked. */
const chatArgs = {
  judgeModel: { type: 'string', valueHint: 'name', description: 'name of that chat model' },
  style: {
    type: 'enum',
    options: styles,
    description: `what a critique says: ${styles.map(name => `${name}, ${judgeStyles[name].about}`).join('; ')}; default first-error`,
  },
  votes: { type: 'string', valueHint: 'count', description: 'critiques of a solution; default 1' },
  vote: {
    type: 'enum',
    options: [...judgeVotes],
    description:
      'whether half of the critiques, all, or any make a step wrong; default majority, half',
  },
  judgeRounds: {
    type: 'string',
    valueHint: 'count',
    description: 'in which a critique checks itself again, the first counted; default 1',
  },
  quorum: {
    type: 'string',
    valueHint: 'count',
    description: 'critiques without which a solution has no scores; default half',
  },
  judgeTemperature: {
    type: 'string',
    valueHint: 'number',
    description: 'default: as the server has it',
  },
  judgeTokens: {
    type: 'string',
    valueHint: 'count',
    description: 'of one critique at most; default: likewise',
  },
  judgeSeed: {
    type: 'string',
    valueHint: 'number',
    description: 'sent along, another one each vote; default: none',
  },
} as const satisfies Flags

/** What scores steps. */
export const namingArgs = {
  prm: { type: 'string', valueHint: 'model', description: 'folder of a process reward model' },
  judge: {
    type: 'string',
    valueHint: 'address',
    description: `instead of --prm: address of a chat model that judges, such as http://localhost:8000/v1; a secret in it is written as '\${NAME}', after its environment variable`,
  },
  oracle: {
    type: 'string',
    valueHint: 'name',
    description: `instead of --prm: the oracle of a task: ${[...tasks.keys()].join(', ')}`,
  },
} as const satisfies Flags

/** How that is asked. */
export const judgeArgs = {
  ...modelArgs,
  ...servedArgs,
  ...chatArgs,
  ...serverArgs,
} as const satisfies Flags

/** The part of --help that says how what scores steps is asked. */
export const judgeSection = {
  title: 'judge',
  args: judgeArgs,
  folded: 'say how --prm and --judge are asked',
} as const satisfies Section

export const scorerArgs = {
  ...namingArgs,
  ...judgeArgs,
  threshold: {
    type: 'string',
    valueHint: 'number',
    description: "above which a step is right; default the scorer's",
  },
  aggregation: {
    type: 'enum',
    options: [...aggregations],
    description: "of a solution's steps; default the scorer's",
  },
  ...placeArgs,
} as const satisfies Flags

/** Flags that go with only one of those that name what scores. */
const onlyFor: Readonly<Record<string, readonly string[]>> = {
  prm: [...Object.keys(modelArgs), ...Object.keys(servedArgs)],
  judge: Object.keys(chatArgs),
  oracle: [],
}

/** The scorer that the flags name; flags that do not go together are a ConfigError. */
export function scorerSpec(args: Given): ScorerSpec {
  const text = (name: string): string | undefined => args[name] as string | undefined
  const kinds = Object.keys(onlyFor).filter(kind => text(kind) !== undefined)
  const [kind] = kinds
  if (kind === undefined || kinds.length > 1)
    throw new ConfigError(
      `name what scores the steps, by one of --prm, --judge and --oracle${kinds.length > 1 ? `; got ${kinds.map(k => `--${k}`).join(' and ')}` : ''}`,
    )
  for (const [other, names] of Object.entries(onlyFor)) {
    const stray = names.find(name => other !== kind && text(name) !== undefined)
    if (stray !== undefined)
      throw new ConfigError(`--${kebab(stray)} goes with --${other}, not with --${kind}`)
  }
  if (kind === 'oracle' || (kind === 'prm' && text('prmUrl') === undefined)) refuseServer(args)
  const meaning = {
    threshold: number(args, 'threshold'),
    aggregation: text('aggregation') as Aggregation | undefined,
  }
  const spec =
    kind === 'oracle'
      ? { kind, task: taskSetting(text('oracle')!), ...meaning }
      : kind === 'judge'
        ? { ...judgeSpec(args), ...meaning }
        : { ...modelSpec(args), ...meaning }
  return scorerSpecSchema.parse(JSON.parse(JSON.stringify(spec))) // what was not given is not there
}

/** Refuses flags of a server where there is none. */
function refuseServer(args: Given): void {
  const { prmUrl: _, ...names } = { ...servedArgs, ...serverArgs }
  const stray = Object.keys(names).find(name => args[name] !== undefined)
  if (stray === undefined) return
  const goes = Object.hasOwn(serverArgs, stray) ? '--prm-url or --judge' : '--prm-url'
  throw new ConfigError(`--${kebab(stray)} goes with ${goes}, the address of a server`)
}

/** The flags that a spec came from, but for --prm; null of those that were not given. */
export function rewardFlagsOf(spec: ScorerSpec | null): Readonly<Record<string, string | null>> {
  const model = spec?.kind === 'model' ? spec : null
  const judge = spec?.kind === 'judge' ? spec : null
  const oracle = spec?.kind === 'oracle' ? spec.task : null
  const server = judge ?? model?.served
  const timeout = server?.timeoutMs === undefined ? null : server.timeoutMs / 1000
  const found = {
    convention: model?.convention,
    prmReference: model?.reference,
    long: model?.long,
    separators: model?.separators,
    prmUrl: model?.served?.url,
    prmModel: model?.served?.model,
    prmReferenceUrl: model?.served?.referenceUrl,
    prmReferenceModel: model?.served?.referenceModel,
    judge: judge?.url,
    judgeModel: judge?.model,
    apiKeyEnv: server?.apiKeyEnv,
    style: judge?.style,
    votes: judge?.votes,
    vote: judge?.vote,
    judgeRounds: judge?.rounds,
    quorum: judge?.quorum,
    judgeTemperature: judge?.temperature,
    judgeTokens: judge?.maxTokens,
    judgeSeed: judge?.seed,
    concurrency: server?.concurrency,
    timeout,
    retries: server?.retries,
    oracle,
  } satisfies Record<Exclude<keyof typeof namingArgs, 'prm'> | keyof typeof judgeArgs, unknown>
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => [name, value == null ? null : String(value)]),
  )
}

function modelSpec(args: Given): ModelSpec {
  const text = (name: string): string | undefined => args[name] as string | undefined
  return {
    kind: 'model',
    folder: text('prm')!,
    convention: text('convention'),
    reference: text('prmReference'),
    long: text('long') as ModelSpec['long'],
    separators: text('separators') as ModelSpec['separators'],
    served: servedSpec(args),
    ...placement({ device: text('device'), threads: text('threads') }),
  }
}

/** The server of a model; nothing where it is opened here. */
function servedSpec(args: Given): ServedSpec | undefined {
  const text = (name: string): string | undefined => args[name] as string | undefined
  const [url, referenceUrl] = [text('prmUrl'), text('prmReferenceUrl')]
  if (url === undefined) return undefined
  for (const one of [url, referenceUrl]) if (one !== undefined) requireNoSecret(one)
  return {
    url,
    model: text('prmModel'),
    referenceUrl,
    referenceModel: text('prmReferenceModel'),
    ...patienceOf(args),
  }
}

/** How a server is asked. */
function patienceOf(args: Given) {
  const timeout = number(args, 'timeout', { min: 0 })
  return {
    apiKeyEnv: args.apiKeyEnv as string | undefined,
    concurrency: number(args, 'concurrency', { min: 1, integer: true }),
    retries: number(args, 'retries', { min: 0, integer: true }),
    timeoutMs: timeout === undefined ? undefined : 1000 * timeout,
  }
}

function judgeSpec(args: Given): JudgeSpec {
  const text = (name: string): string | undefined => args[name] as string | undefined
  const model = text('judgeModel')
  if (model === undefined)
    throw new ConfigError('--judge needs --judge-model, the name that the endpoint knows it by')
  requireNoSecret(text('judge')!)
  const votes = number(args, 'votes', { min: 1, integer: true })
  const quorum = number(args, 'quorum', { min: 1, max: votes ?? 1, integer: true })
  return {
    kind: 'judge',
    url: text('judge')!,
    model,
    style: text('style') as JudgeStyleName | undefined,
    votes,
    quorum,
    vote: text('vote') as JudgeSpec['vote'],
    rounds: number(args, 'judgeRounds', { min: 1, integer: true }),
    temperature: number(args, 'judgeTemperature', { min: 0 }),
    maxTokens: number(args, 'judgeTokens', { min: 1, integer: true }),
    seed: number(args, 'judgeSeed', { min: 0, integer: true }),
    ...patienceOf(args),
  }
}

function number(
  args: Given,
  name: string,
  limits: { min?: number; max?: number; integer?: boolean } = {},
): number | undefined {
  const text = args[name] as string | undefined
  return text === undefined ? undefined : numberFlag(`--${kebab(name)}`, text, limits)
}
