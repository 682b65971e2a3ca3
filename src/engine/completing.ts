// A completion under way, whatever engine computes its logits: what is drawn, when it ends, what is kept of it.

import { EngineError } from '../errors.ts'
import type { Random } from '../numbers/random.ts'
import type { TokenBytes } from '../tokenizer/tokenizer.ts'
import { Chooser } from './choose.ts'
import type { Completion, ModelInfo, SampleOptions, SampleRequest } from './engine.ts'
import { type StopCursor, StopStrings } from './stop-strings.ts'

/** What a call of `sample` asks of every completion, checked. */
export interface SampleRules {
  readonly chooser: Chooser
  readonly maxTokens: number
  readonly minTokens: number // tokens before a stop token may come
  readonly stopIds: ReadonlySet<number>
  readonly stopStrings: StopStrings | null
  readonly barred: readonly number[] // ids that cannot come before then
}

/**
 * Checks a call of `sample` on a model whose tokens spell `tokens`, null where nobody has said so. Throws EngineError naming the setting or the prompt, what it is and what was expected.
 */
export function sampleRules(
  info: Pick<ModelInfo, 'head' | 'vocabSize' | 'absentIds' | 'maxPositions'>,
  requests: readonly SampleRequest[],
  options: SampleOptions,
  tokens: TokenBytes | null,
): SampleRules {
  const { maxTokens, minTokens = 0, stopIds, stopStrings = [], greedy = false } = options
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
    const own = request.maxTokens ?? maxTokens
    require(Number.isInteger(own) &&
      own > 0 &&
      own <=
        maxTokens, `prompt ${i} asks for maxTokens ${own}, expected a whole number from 1 to that of the call, ${maxTokens}`)
    require(!greedy ||
      request.n ===
        1, `prompt ${i} asks for ${request.n} greedy completions; all would be the same`)
  })
  require(stopStrings.length === 0 ||
    tokens !==
      null, 'stopStrings need the bytes of every token; call spell(tokenizer.tokenBytes()) first')
  return {
    chooser: new Chooser(info.vocabSize, options, info.absentIds),
    maxTokens,
    minTokens,
    stopIds: new Set(stopIds),
    stopStrings: stopStrings.length === 0 ? null : new StopStrings(stopStrings, tokens!),
    barred: minTokens > 0 ? [...new Set(stopIds)] : [],
  }
}

/** Checks the bytes of a model's tokens. Throws EngineError where they are not of its vocabulary. */
export function requireTokenBytes(
  { bytes, starts }: TokenBytes,
  { vocabSize }: Pick<ModelInfo, 'vocabSize'>,
): void {
  const count = starts.length - 1
  const ok = count >= 0 && count <= vocabSize && starts[0] === 0 && starts[count] === bytes.length
  if (ok && starts.every((start, v) => v === 0 || start >= starts[v - 1]!)) return
  throw new EngineError(
    `spell: ${starts.length} starts of ${bytes.length} bytes, expected ascending starts from 0 to the number of bytes, at most ${vocabSize + 1}`,
  )
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
  private readonly cursor: StopCursor = { state: 0, found: null }

  /** `limit`: tokens that it may have, as limitOf says. */
  constructor(rules: SampleRules, random: Random, limit: number) {
    this.rules = rules
    this.random = random
    this.limit = limit
  }

  /** Draws the next token from the row of logits [V] that begins at `from`. Throws EngineError for damaged logits. */
  add(logits: Float32Array, from: number): void {
    const { chooser, minTokens, barred, stopIds, stopStrings } = this.rules
    const early = this.ids.length < minTokens
    const bars = early ? barred : none
    const { id, logprob, sampledLogprob } = chooser.choose(logits, from, this.random(), bars)
    this.ids.push(id)
    this.logprobs.push(logprob)
    this.sampledLogprobs.push(sampledLogprob)
    stopStrings?.advance(this.cursor, id)
    if (stopIds.has(id) || early) this.cursor.found = null
    if (stopIds.has(id) || this.cursor.found !== null) this.ended = 'stop'
    else if (this.ids.length >= this.limit) this.ended = 'length'
  }

  /** What was sampled, by weights of this version. */
  finish(version: number): Completion {
    return {
      ids: Int32Array.from(this.ids),
      logprobs_T: Float32Array.from(this.logprobs),
      sampledLogprobs_T: Float32Array.from(this.sampledLogprobs),
      stop: this.ended ?? 'length',
      stopString: this.cursor.found,
      version,
    }
  }
}

const none: readonly number[] = []

/** Tokens that each completion of a request may have: what is asked for, and what the model has positions for. */
export function limitOf(
  { ids, maxTokens = Infinity }: Pick<SampleRequest, 'ids' | 'maxTokens'>,
  { maxTokens: most }: Pick<SampleOptions, 'maxTokens'>,
  { maxPositions }: Pick<ModelInfo, 'maxPositions'>,
): number {
  return Math.min(maxTokens, most, maxPositions - ids.length)
}

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
