// A completion under way, whatever engine computes its logits: what is drawn, when it ends, what is kept of it.

import { EngineError } from '../errors.ts'
import type { Random } from '../random.ts'
import type { Completion, ModelInfo, SampleOptions, SampleRequest } from '../types.ts'
import { Chooser } from './choose.ts'

/** What a call of `sample` asks of every completion, checked. */
export interface SampleRules {
  readonly chooser: Chooser
  readonly maxTokens: number
  readonly minTokens: number // tokens before a stop token may come
  readonly stopIds: ReadonlySet<number>
  readonly barred: readonly number[] // ids that cannot come before then
}

/** Checks a call of `sample`. Throws EngineError naming the setting or the prompt, what it is and what was expected. */
export function sampleRules(
  info: Pick<ModelInfo, 'head' | 'vocabSize' | 'maxPositions'>,
  requests: readonly SampleRequest[],
  options: SampleOptions,
): SampleRules {
  const { maxTokens, minTokens = 0, stopIds, greedy = false } = options
  require(info.head === 'language-model', `a ${info.head} head cannot write`)
  require(Number.isInteger(maxTokens) &&
    maxTokens > 0, `maxTokens ${maxTokens}, expected a whole number from 1`)
  require(Number.isInteger(minTokens) &&
    minTokens >= 0 &&
    minTokens <=
      maxTokens, `minTokens ${minTokens}, expected a whole number from 0 to maxTokens, which is ${maxTokens}`)
  for (const id of stopIds) requireId(id, info.vocabSize, 'stopIds')
  requests.forEach((request, i) => {
    requirePrompt(request, info, `prompt ${i}`)
    require(!greedy ||
      request.n ===
        1, `prompt ${i} asks for ${request.n} greedy completions; all would be the same`)
  })
  const chooser = new Chooser(info.vocabSize, options)
  const barred = minTokens > 0 ? [...new Set(stopIds)] : []
  return { chooser, maxTokens, minTokens, stopIds: new Set(stopIds), barred }
}

/** One completion: tokens are added until it has ended. */
export class Completing {
  readonly ids: number[] = []
  ended: Completion['stop'] | null = null
  private readonly rules: SampleRules
  private readonly random: Random
  private readonly limit: number
  private readonly logprobs: number[] = []
  private readonly sampledLogprobs: number[] = []

  /** `room`: positions that the model has after the prompt. */
  constructor(rules: SampleRules, random: Random, room: number) {
    this.rules = rules
    this.random = random
    this.limit = Math.min(rules.maxTokens, room)
  }

  /** Draws the next token from the row of logits [V] that begins at `from`. Throws EngineError for damaged logits. */
  add(logits: Float32Array, from: number): void {
    const { chooser, minTokens, barred, stopIds } = this.rules
    const bars = this.ids.length < minTokens ? barred : none
    const { id, logprob, sampledLogprob } = chooser.choose(logits, from, this.random(), bars)
    this.ids.push(id)
    this.logprobs.push(logprob)
    this.sampledLogprobs.push(sampledLogprob)
    if (stopIds.has(id)) this.ended = 'stop'
    else if (this.ids.length >= this.limit) this.ended = 'length'
  }

  /** What was sampled, by weights of this version. */
  finish(version: number): Completion {
    return {
      ids: Int32Array.from(this.ids),
      logprobs_T: Float32Array.from(this.logprobs),
      sampledLogprobs_T: Float32Array.from(this.sampledLogprobs),
      stop: this.ended ?? 'length',
      version,
    }
  }
}

const none: readonly number[] = []

function require(ok: boolean, what: string): void {
  if (!ok) throw new EngineError(`sample: ${what}`)
}

function requirePrompt(
  { ids, n }: SampleRequest,
  { vocabSize, maxPositions }: Pick<ModelInfo, 'vocabSize' | 'maxPositions'>,
  what: string,
): void {
  require(ids.length > 0, `${what} is empty, expected at least one token`)
  require(Number.isInteger(n) &&
    n >= 1, `${what} asks for ${n} completions, expected a whole number from 1`)
  require(ids.length <
    maxPositions, `${what} has ${ids.length} tokens, expected at most ${maxPositions - 1}: the model has ${maxPositions} positions`)
  for (const id of ids) requireId(id, vocabSize, what)
}

function requireId(id: number, vocabSize: number, what: string): void {
  require(Number.isInteger(id) &&
    id >= 0 &&
    id < vocabSize, `${what} holds token ${id}; the vocabulary has ${vocabSize}`)
}
