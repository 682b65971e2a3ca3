// Imitation of worked solutions by a model that there is (supervised fine-tuning): the warm start of a policy that cannot
// yet solve what reinforcement is to teach it.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Device, Engine } from '../engine/engine.ts'
import { openEngine } from '../engine/open.ts'
import { ConfigError } from '../errors.ts'
import { textLoss } from '../eval/text-loss.ts'
import { hashSeed } from '../numbers/random.ts'
import type { Prompt } from '../problems/prompt.ts'
import { endingAt, loadTokenizer } from '../tokenizer/load.ts'
import type { Json } from '../types.ts'
import { fittingRate } from '../update/learning-rate.ts'
import { askedCorpus, type Corpus } from './corpus.ts'
import { Course } from './course.ts'
import { hasEnded } from './ended.ts'
import { type EnvironmentRequest, openEnvironment } from './environment.ts'
import type { StageReport } from './plan.ts'
import { identityOf } from './prepare.ts'
import { keepPrompt, type PromptWish, promptOf } from './prompting.ts'
import type { Settings } from './request/request.ts'
import { learnTexts } from './supervised.ts'
import { talkedExample } from './talked-solutions.ts'
import { heldOutExamples, heldOutFor, workedExample, workedExamples } from './worked-solutions.ts'

/** What is imitated by what, how long, and where it goes. */
export interface ImitationRequest
  extends PromptWish,
    EnvironmentRequest,
    Pick<Settings, 'lora' | 'merge'> {
  readonly model: string // a folder or a GGUF file
  readonly out: string // folder of what was learned; with merge, of the whole model and not of the adapter
  readonly updates: number // at most: it ends early where held-out solutions gain nothing
  readonly batch: number // solutions of one update
  readonly learningRate: number | null // null: 1e-3 for a tiny model, for others as fittingRate has it
  readonly maxTokens: number // of one solution
  readonly patience: number | null // evaluations without a better held-out loss; null: it never ends early
  readonly seed: number
  readonly inOrder?: boolean // worked solutions come as they stand in their file
  readonly device: Device
  readonly threads: number
}

/** What came out; losses are in nats a token, NaN where no worked solution is held out. */
export interface Imitation {
  readonly before: number
  readonly after: number
  readonly heldOut: number // solutions
  readonly learningRate: number
  readonly prompt: Prompt
}

export interface ImitateOptions {
  readonly signal?: AbortSignal
  /** Goes on with what the folder holds half made; default false. */
  readonly resume?: boolean
}

const stage = 'imitation'
const tinyRate = 1e-3

/**
 * Learns worked solutions by cross-entropy on what follows the prompt, and saves the weights that were best on held-out
 * ones. Broken off anywhere and continued, it ends with the same weights. Throws ConfigError where `out` holds a model.
 */
export async function imitate(
  corpus: Corpus,
  request: ImitationRequest,
  report: StageReport,
  { signal, resume = false }: ImitateOptions = {},
): Promise<Imitation> {
  const { model, out, updates, batch, patience, seed, lora, merge } = request
  requireRoom(out, resume)
  const engine = await openLearner(request)
  try {
    const own = await loadTokenizer(model, engine.info.vocabSize)
    const { environment } = await openEnvironment(request)
    const usual = environment?.answers?.instruction
    const prompt = await promptOf(request, { folder: model, tokenizer: own }, corpus.frame, usual)
    const tokenizer = endingAt(own, prompt.turnEnd)
    const asked = askedCorpus(corpus, prompt)
    const learningRate = request.learningRate ?? rateFor(engine, request)
    const { maxPositions } = engine.info
    const room = { maxTokens: request.maxTokens, maxPositions, endId: tokenizer.stopIds[0]! }
    const read = environment === null ? workedExample : talkedExample(environment)
    const most = heldOutFor(updates * batch)
    const held = await heldOutExamples(asked, tokenizer, room, { most, read })
    const heldOutLoss = (): Promise<number> => textLoss(engine, held, signal)
    const { device: _, threads: __, out: ___, ...plan } = { ...request, learningRate, prompt }
    const config = { kind: 'imitation', corpus: await identityOf(asked, request), plan }
    const course = Course.open(join(out, 'training'), config as unknown as Json, [stage], {
      ...{ resume, report, signal },
    })
    try {
      const before = await heldOutLoss()
      await course.learn(
        { name: stage, updates, patience },
        engine,
        lesson =>
          learnTexts(engine, workedExamples(asked, tokenizer, room, seed, read), {
            ...{ updates, batch, learningRate, ...lesson },
            ...(signal && { signal }),
          }),
        held.length > 0 ? heldOutLoss : null,
      )
      const after = await heldOutLoss()
      const whole = lora === null || merge
      await engine.save(out, { tokenizer: model, merge: whole })
      keepPrompt(out, prompt)
      course.finish()
      return { before, after, heldOut: held.length, learningRate, prompt }
    } finally {
      course.close()
    }
  } finally {
    await engine.close()
  }
}

/** Whether a folder holds an imitation that was begun, and can be continued. */
export function begunImitation(out: string): boolean {
  return existsSync(join(out, 'training', 'config.json'))
}

/** Whether a folder holds an imitation that has ended, its model with it. */
export function endedImitation(out: string): boolean {
  return holdsModel(out) && hasEnded(join(out, 'training'))
}

function holdsModel(out: string): boolean {
  return ['config.json', 'adapter_config.json'].some(name => existsSync(join(out, name)))
}

function requireRoom(out: string, resume: boolean): void {
  // Killed between its model and its end, an imitation has both a model and what it goes on from.
  const isBroken = resume && begunImitation(out) && !endedImitation(out)
  if (holdsModel(out) && !isBroken)
    throw new ConfigError(`${out} holds a model; name another folder`)
  if (resume || !begunImitation(out)) return
  throw new ConfigError(
    `${out} holds an imitation that was broken off; add --resume to go on with it, or name another folder`,
  )
}

async function openLearner({ model, lora, seed, device, threads }: ImitationRequest) {
  const adapter = lora && { lora: { ...lora, seed: hashSeed(seed, 'adapter') } }
  const engine = await openEngine({ kind: 'onnx', folder: model, device, threads, ...adapter })
  if (engine.info.head === 'language-model') return engine
  await engine.close()
  throw new ConfigError(`${model} is a token classifier; a policy is a language model`)
}

function rateFor({ info }: Engine, { lora }: ImitationRequest): number {
  return fittingRate(tinyRate, { parameters: info.parameters, adapter: lora !== null })
}
