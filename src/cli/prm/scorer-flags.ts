// Flags of every command that asks a scorer of steps, and the scorer that they name.

import type { ArgsDef } from 'citty'
import { ConfigError } from '../../errors.ts'
import { conventions } from '../../prm/score/conventions.ts'
import { judgeVotes } from '../../prm/score/judge.ts'
import { type JudgeStyleName, judgeStyles } from '../../prm/score/judge-styles.ts'
import type { JudgeSpec, ScorerSpec } from '../../prm/score/open.ts'
import { type Aggregation, aggregations } from '../../prm/score/step-scorer.ts'
import { tasks } from '../../problems/tasks/index.ts'
import { kebab, numberFlag } from '../flags.ts'
import { placeArgs, placement } from '../model.ts'
import type { Given } from '../training-flags.ts'

const styles = Object.keys(judgeStyles) as JudgeStyleName[]

export const scorerArgs = {
  prm: { type: 'string', description: 'folder of a process reward model' },
  judge: {
    type: 'string',
    description: 'instead: address of a chat model, such as http://localhost:8000/v1',
  },
  oracle: {
    type: 'string',
    description: `instead: the oracle of a task: ${[...tasks.keys()].join(', ')}`,
  },
  convention: {
    type: 'enum',
    options: [...conventions.keys()],
    description: 'how the model is asked; default: as its config.json says',
  },
  reference: {
    type: 'string',
    description: 'folder of the reference of a model that is scored by a ratio',
  },
  long: {
    type: 'enum',
    options: ['refuse', 'windows'],
    description: "what a solution longer than the model's context is; default refuse",
  },
  separators: {
    type: 'enum',
    options: ['refuse', 'keep'],
    description: 'what a step is that holds the separator of steps; default refuse',
  },
  judgeModel: { type: 'string', description: 'name of the chat model' },
  apiKeyEnv: {
    type: 'string',
    description: 'environment variable with its key; default OPENAI_API_KEY, where that is set',
  },
  style: {
    type: 'enum',
    options: styles,
    description: `what a critique says; ${styles.map(name => `${name}: ${judgeStyles[name].about}`).join('; ')}; default first-error`,
  },
  votes: { type: 'string', description: 'critiques of a solution; default 1' },
  vote: {
    type: 'enum',
    options: [...judgeVotes],
    description: 'how many critiques make a step wrong: half, all, any; default majority',
  },
  quorum: {
    type: 'string',
    description: 'critiques without which a solution has no scores; default half',
  },
  temperature: { type: 'string', description: 'of the chat model; default: as the server has it' },
  judgeTokens: { type: 'string', description: 'of one critique at most; default: likewise' },
  judgeSeed: { type: 'string', description: 'sent along, another one each vote; default: none' },
  concurrency: { type: 'string', description: 'requests at once; default 8' },
  timeout: { type: 'string', description: 'seconds until a request is given up; default 120' },
  retries: { type: 'string', description: 'of a request that failed; default 4' },
  threshold: { type: 'string', description: "above which a step is right; default the scorer's" },
  aggregation: {
    type: 'enum',
    options: [...aggregations],
    description: "of a solution's steps; default the scorer's",
  },
  ...placeArgs,
} as const satisfies ArgsDef

const onlyFor: Readonly<Record<string, readonly string[]>> = {
  prm: ['convention', 'reference', 'long', 'separators'],
  judge: [
    ...['judgeModel', 'apiKeyEnv', 'style', 'votes', 'vote', 'quorum', 'temperature'],
    ...['judgeTokens', 'judgeSeed', 'concurrency', 'timeout', 'retries'],
  ],
  oracle: [],
}

/** The scorer that the flags name; flags that do not go together are a ConfigError. */
export function scorerSpec(args: Given, env: NodeJS.ProcessEnv = process.env): ScorerSpec {
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
  const meaning = {
    threshold: number(args, 'threshold'),
    aggregation: text('aggregation') as Aggregation | undefined,
  }
  if (kind === 'oracle') return { kind, task: text('oracle')!, ...meaning }
  if (kind === 'judge') return { ...judgeSpec(args, env), ...meaning }
  return {
    kind: 'model',
    folder: text('prm')!,
    convention: text('convention'),
    reference: text('reference'),
    ...given({ long: text('long') as 'refuse' | 'windows' | undefined }),
    ...given({ separators: text('separators') as 'refuse' | 'keep' | undefined }),
    ...placement({ device: text('device'), threads: text('threads') }),
    ...meaning,
  }
}

function judgeSpec(args: Given, env: NodeJS.ProcessEnv): JudgeSpec {
  const text = (name: string): string | undefined => args[name] as string | undefined
  const model = text('judgeModel')
  if (model === undefined)
    throw new ConfigError('--judge needs --judge-model, the name that the endpoint knows it by')
  const timeout = number(args, 'timeout', { min: 0 })
  const votes = number(args, 'votes', { min: 1, integer: true })
  const quorum = number(args, 'quorum', { min: 1, max: votes ?? 1, integer: true })
  return {
    kind: 'judge',
    url: text('judge')!,
    model,
    apiKey: keyOf(text('apiKeyEnv'), env),
    ...given({ style: text('style') as JudgeStyleName | undefined }),
    ...given({ votes, quorum, vote: text('vote') as JudgeSpec['vote'] }),
    ...given({ temperature: number(args, 'temperature', { min: 0 }) }),
    ...given({ maxTokens: number(args, 'judgeTokens', { min: 1, integer: true }) }),
    ...given({ seed: number(args, 'judgeSeed', { min: 0, integer: true }) }),
    ...given({ concurrency: number(args, 'concurrency', { min: 1, integer: true }) }),
    ...given({ retries: number(args, 'retries', { min: 0, integer: true }) }),
    ...given({ timeoutMs: timeout === undefined ? undefined : 1000 * timeout }),
  }
}

/** The key itself is never on a command line, where others can read it. */
function keyOf(name: string | undefined, env: NodeJS.ProcessEnv): string | null {
  const key = env[name ?? 'OPENAI_API_KEY']
  if (name !== undefined && !key)
    throw new ConfigError(`--api-key-env ${name}: there is no such environment variable`)
  return key || null
}

function number(
  args: Given,
  name: string,
  limits: { min?: number; max?: number; integer?: boolean } = {},
): number | undefined {
  const text = args[name] as string | undefined
  return text === undefined ? undefined : numberFlag(`--${kebab(name)}`, text, limits)
}

/** What is there of some options; those that are undefined are left to their defaults. */
function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
