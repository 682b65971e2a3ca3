// What `minform eval` is asked: which policy, which problems, how they are sampled, and what is written.

import { ConfigError } from '../errors.ts'
import { random, shuffled } from '../numbers/random.ts'
import { taskFrame, textFrame } from '../problems/prompt.ts'
import { readProblems } from '../problems/read-problems.ts'
import { takeProblems } from '../problems/splits.ts'
import type { Task } from '../problems/tasks/index.ts'
import type { EnvironmentRequest } from '../train/environment.ts'
import type { AnswerRequest } from '../train/grader.ts'
import type { PromptWish } from '../train/prompting.ts'
import type { Json, Problem } from '../types.ts'
import { openTask, taskSetting } from '../user/task.ts'
import { type Flags, type Given, numberFlag, textFlag, wholeFlag } from './flags.ts'
import { keptArgs, type Placed, placeArgs } from './model.ts'
import { type SamplerSpec, samplerArgs, samplerSpec } from './sampler.ts'
import { answerArgs, readAnswers } from './training/answers.ts'
import { chatFlags, chatServer } from './training/chat.ts'
import { environmentArgs, readEnvironment } from './training/environment.ts'
import { carriedTask, problemFlags } from './training/problems.ts'
import { promptArgs, wishOf } from './training/prompt.ts'

const { test: _, ...sourceArgs } = problemFlags.args

export const evalArgs = {
  model: {
    type: 'string',
    valueHint: 'model',
    required: true,
    description: 'folder of the policy',
  },
  ...sourceArgs,
  ...promptArgs,
  ...answerArgs,
  ...environmentArgs,
  count: {
    type: 'string',
    valueHint: 'count',
    description: 'problems, drawn by the seed; default 200 of a task, all of a file',
  },
  n: { type: 'string', valueHint: 'count', description: 'samples of each problem; default 4' },
  greedy: {
    type: 'boolean',
    default: true,
    negatable: true,
    description: 'the likeliest answers too',
  },
  temperature: { type: 'string', valueHint: 'number', description: 'of the samples; default 1' },
  maxTokens: {
    type: 'string',
    valueHint: 'count',
    description: 'of one answer; default 160, of text 256',
  },
  seed: { type: 'string', valueHint: 'number', description: 'default 0' },
  out: {
    type: 'string',
    valueHint: 'file',
    description: 'JSON Lines to write: a problem and its rollouts a line',
  },
  resume: { type: 'boolean', description: 'continue the file of --out' },
  solutions: {
    type: 'string',
    valueHint: 'file',
    description:
      'with --out: JSON Lines to write: problems with a right sample as their solution, easy ones first',
  },
  keep: {
    type: 'string',
    valueHint: 'range',
    description: 'with --select: shares of right samples, such as 0.1:0.9; default 0.01:0.99',
  },
  select: {
    type: 'string',
    valueHint: 'file',
    description: 'JSON Lines to write: the problems whose share of right samples --keep names',
  },
  against: {
    type: 'string',
    valueHint: 'file',
    description: 'what --out wrote of another policy on these problems: curves and who solves what',
  },
  entropy: { type: 'boolean', description: "the entropy of the samples' tokens too" },
  under: {
    type: 'string',
    valueHint: 'model',
    description: 'how likely this model, such as the base, finds the samples',
  },
  budget: {
    type: 'string',
    valueHint: 'count',
    description: 'tokens: how much of them passes without an answer, told by forced answers',
  },
  closing: {
    type: 'string',
    valueHint: 'text',
    description: 'with --budget: forces an answer behind a step; default \\boxed{',
  },
  forced: {
    type: 'string',
    valueHint: 'count',
    description: 'with --budget: answers behind each step; default 4',
  },
  ...chatFlags.args,
  chatVotes: {
    type: 'string',
    valueHint: 'count',
    description:
      'with --chat, which judges the steps of right answers: times that it is asked; default 3',
  },
  json: { type: 'boolean', description: 'print the report as JSON' },
  ...samplerArgs,
  ...keptArgs,
  ...placeArgs,
} as const satisfies Flags

/** How answers are forced before a rollout is over. */
export interface InTimeRequest {
  readonly budget: number // tokens
  readonly closing: string
  readonly attempts: number
}

/** Who judges the steps of right answers, and how often it is asked. */
export interface ReasoningRequest {
  readonly server: NonNullable<ReturnType<typeof chatServer>>
  readonly votes: number
}

/** What an evaluation is asked to do. */
export interface EvalRequest {
  readonly model: string
  readonly source: string // for people: a file, or a task and its difficulty
  readonly identity: Json // what decides the problems
  readonly problems: readonly Problem[]
  readonly frame: string // what stands around a question where no template says so
  readonly wish: PromptWish // how the policy is asked
  readonly task: Task | null // null of a file
  readonly answers: AnswerRequest & EnvironmentRequest // who judges them, and what talks in them
  readonly n: number
  readonly greedy: boolean
  readonly temperature: number
  readonly maxTokens: number
  readonly seed: number
  readonly out: string | null
  readonly resume: boolean
  readonly solutions: string | null // a file to write
  readonly against: string | null // a file that --out wrote of another policy
  readonly entropy: boolean
  readonly under: string | null // a model
  readonly inTime: InTimeRequest | null
  readonly reasoning: ReasoningRequest | null // null: no chat model judges steps
  readonly selected: { readonly file: string; readonly low: number; readonly high: number } | null
  readonly sampler: SamplerSpec | null // the server that samples; null: it is done here
  readonly place: Placed
}

/** The request that flags make; one that cannot be used is a ConfigError. */
export async function evalRequest(args: Given): Promise<EvalRequest> {
  const file = textFlag(args, 'problems')
  const seed = wholeFlag(args, 'seed', 0, 0)
  const count = args.count === undefined ? null : wholeFlag(args, 'count', 200)
  const out = textFlag(args, 'out')
  if (args.resume && out === null)
    throw new ConfigError('--resume needs --out, the file to continue')
  if (args.solutions !== undefined && out === null)
    throw new ConfigError('--solutions needs --out, whose samples they are')
  const sampler = samplerSpec(args)
  if (args.entropy === true && sampler !== null)
    throw new ConfigError('--entropy reads the policy here; leave --sampler-url out')
  return {
    model: textFlag(args, 'model')!,
    ...(file === null ? await ofTask(args, count ?? 200) : await ofFile(file, count, seed)),
    wish: wishOf(args),
    answers: { ...readAnswers(args), ...readEnvironment(args) },
    n: wholeFlag(args, 'n', 4),
    greedy: args.greedy !== false,
    temperature: numberFlag('--temperature', textFlag(args, 'temperature') ?? '1', { min: 1e-6 }),
    maxTokens: wholeFlag(args, 'maxTokens', file === null ? 160 : 256),
    seed,
    out,
    resume: args.resume === true,
    solutions: textFlag(args, 'solutions'),
    against: textFlag(args, 'against'),
    entropy: args.entropy === true,
    under: textFlag(args, 'under'),
    inTime: inTimeOf(args),
    reasoning: reasoningOf(args),
    selected: selectionOf(args),
    sampler,
    place: {
      url: textFlag(args, 'url') ?? undefined,
      device: textFlag(args, 'device') ?? undefined,
      threads: textFlag(args, 'threads') ?? undefined,
    },
  }
}

type Source = Pick<EvalRequest, 'source' | 'identity' | 'problems' | 'task' | 'frame'>

async function ofFile(file: string, count: number | null, seed: number): Promise<Source> {
  const all = await readProblems(file)
  const problems = count === null ? all : shuffled(random(seed, 'eval'), all).slice(0, count)
  const more = problems.length < all.length ? `, which has ${all.length}` : ''
  const found = { problems, task: null, frame: textFrame }
  return { source: `${file}${more}`, identity: { file, count }, ...found }
}

/** Held-out problems of a task: the same ones whatever the seed, as a training run reports them. */
async function ofTask(args: Given, count: number): Promise<Source> {
  const setting = taskSetting(textFlag(args, 'task') ?? carriedTask)
  const { task, code } = await openTask(setting)
  const difficulty = wholeFlag(args, 'difficulty', 1, 0, 3)
  const problems = takeProblems(task, count, { split: 'test', seed: 1, difficulty })
  const source = `${task.name}, difficulty ${difficulty}`
  const identity = { task: task.name, difficulty, count, code: Object.values(code) }
  return { source, identity, problems, task, frame: taskFrame(problems[0]!) }
}

function inTimeOf(args: Given): InTimeRequest | null {
  const [budget, closing] = [textFlag(args, 'budget'), textFlag(args, 'closing')]
  if (budget === null && (closing !== null || args.forced !== undefined))
    throw new ConfigError('--closing and --forced go with --budget, a number of tokens')
  if (closing === '') throw new ConfigError('--closing is a text that forces an answer, got none')
  if (budget === null) return null
  return {
    budget: wholeFlag(args, 'budget', 1),
    closing: closing ?? '\\boxed{',
    attempts: wholeFlag(args, 'forced', 4),
  }
}

function reasoningOf(args: Given): ReasoningRequest | null {
  const server = chatServer(args)
  if (server === null && args.chatVotes !== undefined)
    throw new ConfigError('--chat-votes goes with --chat, the address of a chat model')
  return server && { server, votes: wholeFlag(args, 'chatVotes', 3) }
}

function selectionOf(args: Given): EvalRequest['selected'] {
  const file = textFlag(args, 'select')
  const keep = textFlag(args, 'keep')
  if (file === null && keep !== null) throw new ConfigError('--keep goes with --select, a file')
  if (file === null) return null
  const [, low, high] = /^([\d.]+):([\d.]+)$/.exec(keep ?? '0.01:0.99') ?? []
  const range = [Number(low), Number(high)] as const
  if (!(range[0] >= 0 && range[0] <= range[1] && range[1] <= 1))
    throw new ConfigError(`--keep is two shares, such as 0.1:0.9, got '${keep}'`)
  return { file, low: range[0], high: range[1] }
}
