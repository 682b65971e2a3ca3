// From nothing to the start of reinforcement: a tokenizer, a policy warm-started on worked solutions, and a process
// reward model trained on the policy's own steps.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine } from '../engine/engine.ts'
import { freshConfig, type ModelConfig } from '../engine/hf/config.ts'
import { openEngine } from '../engine/open.ts'
import { ConfigError } from '../errors.ts'
import { textLoss } from '../eval/text-loss.ts'
import { below, random } from '../numbers/random.ts'
import { malformedSentences } from '../problems/malformed.ts'
import { independent } from '../rollouts/independent.ts'
import type { RunWriter } from '../runs/writer.ts'
import { type LoadedTokenizer, loadTokenizer } from '../tokenizer/load.ts'
import { saveTokenizer, trainBpe } from '../tokenizer/train-bpe.ts'
import type { Json, Problem } from '../types.ts'
import type { Corpus } from './corpus.ts'
import { Course, requireSame } from './course.ts'
import { clear } from './ended.ts'
import {
  estimateOf,
  type Part,
  preparationParts,
  type Speed,
  seconds,
  trial,
  trialSequences,
} from './estimate.ts'
import type { Preparation, StageReport } from './plan.ts'
import { keepPrompt } from './prompting.ts'
import { spelled } from './spelled.ts'
import { type Example, learnTexts } from './supervised.ts'
import { judgeStage, teachJudge } from './teach-judge.ts'
import { heldOutExamples, workedExample, workedExamples } from './worked-solutions.ts'

/** Folders that a preparation fills. */
export interface Prepared {
  readonly base: string
  readonly prm: string
}

/** What a preparation made in a folder; null where there is none, or one that did not come to its end. */
export function prepared(folder: string): Prepared | null {
  const [base, prm, trunk] = [join(folder, 'base'), join(folder, 'prm'), join(folder, 'prm-trunk')]
  const whole = [base, prm].every(model => existsSync(join(model, 'config.json')))
  return whole && !existsSync(trunk) ? { base, prm } : null // the trunk is removed last
}

export interface PrepareOptions {
  readonly signal?: AbortSignal
  /** Goes on with what the folder holds half made; default false. */
  readonly resume?: boolean
  /** Told of what happens, beside the log of the preparation itself. */
  readonly log?: RunWriter['log']
  /** Told once, before anything is learned, what a trial found. */
  readonly foretell?: (parts: readonly Part[], speed: Speed) => void
}

/** Whether a folder holds a preparation that was begun, and can be continued. */
export function begunPreparation(folder: string): boolean {
  return existsSync(join(folder, trainingFolder, 'config.json'))
}

/**
 * Does all of it, each stage into a folder of its own below `folder`. What is learned is kept in `training` there; a
 * preparation that was broken off anywhere and is continued ends with the same weights, to the last bit.
 */
export async function prepare(
  corpus: Corpus,
  folder: string,
  plan: Preparation,
  report: StageReport,
  { signal, resume = false, log, foretell }: PrepareOptions = {},
): Promise<Prepared> {
  requireRoom(folder, resume)
  const [base, prm, trunk] = ['base', 'prm', 'prm-trunk'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const training = join(folder, trainingFolder)
  const used = join(training, 'used-trunk')
  const rounds = Array.from({ length: plan.prmRounds }, (_, i) => judgeStage(plan, i + 1))
  const names = [stages.warm, stages.slips, ...rounds.map(({ name }) => name)]
  const config = { kind: 'preparation', corpus: await identityOf(corpus, plan), plan }
  if (resume && prepared(folder) !== null) {
    requireSame(training, config as unknown as Json)
    await rm(used, { recursive: true, force: true })
    clear(training)
    return { base, prm }
  }
  const course = Course.open(training, config as unknown as Json, names, {
    ...{ resume, report, log, signal },
  })
  try {
    const work = { corpus, course, plan, report, signal, foretell }
    if (!course.passed(stages.slips)) await warmStart(work, { base, trunk })
    await teachJudge(work, { base, trunk, prm }, rounds)
    await rename(trunk, used) // gone at once from where it would be read again
    await rm(used, { recursive: true })
    course.finish()
  } finally {
    course.close()
  }
  return { base, prm }
}

const trainingFolder = 'training'
const stages = { warm: 'warm start', slips: 'slips' } as const

/** What the stages of one preparation have in common. */
export interface PreparationWork {
  readonly corpus: Corpus
  readonly course: Course
  readonly plan: Preparation
  readonly report: StageReport
  readonly signal: AbortSignal | undefined
  readonly foretell: PrepareOptions['foretell']
}

function requireRoom(folder: string, resume: boolean): void {
  if (resume) return
  if (begunPreparation(folder) && prepared(folder) === null)
    throw new ConfigError(
      `${folder} holds a preparation that was broken off; add --resume to go on with it, or name another folder`,
    )
  const there = ['base', 'prm'].find(name => existsSync(join(folder, name, 'config.json')))
  if (there !== undefined)
    throw new ConfigError(`${join(folder, there)} holds a model; name another folder`)
}

/** What a preparation depends on beside its plan: the problems that it learns from first, told by a hash. */
export async function identityOf(
  { name, workedSolutions, solved }: Corpus,
  { seed }: Pick<Preparation, 'seed'>,
) {
  const problems = solved(seed)
  const hash = createHash('sha256')
  for (let i = 0; i < Math.min(workedSolutions, 1000); i++)
    hash.update(textOf(problems.next().value))
  return { name, problems: hash.digest('hex') }
}

/**
 * A model that imitates worked solutions, which is the judge's trunk; then the policy, which has also imitated slips: it
 * knows the way and often errs, as a policy before reinforcement does.
 */
async function warmStart(
  work: PreparationWork,
  { base, trunk }: { readonly base: string; readonly trunk: string },
): Promise<void> {
  const { corpus, course, plan, signal } = work
  const tokenizer = await makeTokenizer(corpus, base, plan)
  const { seed, device, threads } = plan
  const config = configOf(tokenizer, plan)
  const engine = await openEngine({ kind: 'onnx-fresh', config, seed, device, threads })
  const held = await heldOutExamples(corpus, tokenizer, { ...plan, endId: tokenizer.eosId })
  const learn = async (name: string, updates: number, slips: number): Promise<void> => {
    if (updates === 0 || course.passed(name)) return
    const { batch, learningRate, patience } = plan
    const next = solutions(corpus, tokenizer, plan, slips)
    const stage = { name, updates, patience }
    await course.learn(
      stage,
      engine,
      lesson =>
        learnTexts(engine, next, {
          ...{ updates, batch, learningRate, ...lesson },
          ...(signal ? { signal } : {}),
        }),
      held.length > 0 ? () => textLoss(engine, held, signal) : null,
    )
  }
  try {
    if (!course.begun) await foretold(work, engine, tokenizer)
    await learn(stages.warm, plan.warmUpdates, 0)
    if (!course.passed(stages.warm)) await engine.save(trunk)
    await learn(stages.slips, plan.slipUpdates, plan.slips)
    keepPrompt(base, corpus.prompt)
    await engine.save(base, { dtype: 'bfloat16' })
  } finally {
    await engine.close()
  }
}

/** Tries what the preparation is made of with a model that is as it is afterwards. */
async function foretold(
  { corpus, course, plan, signal, foretell }: PreparationWork,
  engine: Engine,
  tokenizer: LoadedTokenizer,
): Promise<void> {
  if (foretell === undefined) return
  const next = solutions(corpus, tokenizer, plan, 0)
  const update = await trial(
    engine,
    trialSequences(await Promise.all(Array.from({ length: plan.batch }, next))),
    signal,
  )
  const { maxTokens, seed } = plan
  const sample = independent({ engine, tokenizer, stopIds: tokenizer.stopIds, maxTokens }, 2)
  const stream = corpus.train(seed)
  const some = Array.from({ length: 16 }, () => stream.next().value)
  const readable = some.filter(problem => spelled(problem, tokenizer))
  const sampled = await seconds(() => sample(readable, seed, signal))
  const speed = {
    update,
    batch: plan.batch,
    rollout: sampled.seconds / Math.max(1, 2 * readable.length),
  }
  const parts = preparationParts(plan, speed, corpus.oracle !== null)
  course.log('info', 'estimated seconds of the preparation', { ...estimateOf(parts) })
  foretell(parts, speed)
}

/** A tokenizer of the corpus's texts, and of what malformed solutions say beside them. */
function makeTokenizer(
  corpus: Corpus,
  folder: string,
  plan: Preparation,
): Promise<LoadedTokenizer> {
  const problems = corpus.solved(plan.seed)
  const count = Math.min(2000, corpus.workedSolutions)
  const texts = Array.from({ length: count }, () => textOf(problems.next().value))
  const { vocabSize, alphabet } = plan
  saveTokenizer(folder, trainBpe([...texts, ...malformedSentences()], { vocabSize, alphabet }))
  return loadTokenizer(folder)
}

function configOf(tokenizer: LoadedTokenizer, plan: Preparation): ModelConfig {
  return freshConfig({
    architecture: 'qwen2',
    vocabSize: tokenizer.vocabSize,
    hiddenSize: plan.hiddenSize,
    intermediateSize: Math.round((plan.hiddenSize * 8) / 3 / 32) * 32,
    layers: plan.layers,
    heads: plan.hiddenSize / 32,
    maxPositions: plan.maxPositions,
    eosIds: [tokenizer.eosId],
    padId: tokenizer.padId,
  })
}

/** Worked solutions, a share of their digits miswritten. */
function solutions(
  corpus: Corpus,
  tokenizer: LoadedTokenizer,
  plan: Preparation,
  slips: number,
): () => Promise<Example> {
  const draw = random(plan.seed, 'slips')
  const slip = (digit: string): string => (draw() < slips ? String(below(draw, 10)) : digit)
  const room = { ...plan, endId: tokenizer.eosId }
  return workedExamples(corpus, tokenizer, room, plan.seed, (problem, ...rest) =>
    workedExample(problem, ...rest, text => text.replace(/[0-9]/g, slip)),
  )
}

function textOf({ prompt, solution }: Problem): string {
  return `${prompt}${(solution ?? []).join('\n\n')}`
}
