// Prompts to completions: each prompt is read once, its cache is copied for every completion asked of it, and all rows
// are decoded side by side. Finished rows leave when enough of them have.

import { EngineError } from '../../errors.ts'
import { type Random, random } from '../../random.ts'
import type { Completion, SampleOptions, SampleRequest } from '../../types.ts'
import { type ChooseOptions, choose } from '../choose.ts'
import { bucketByLength } from './batches.ts'
import { Cache, type PromptCache } from './cache.ts'
import type { GraphSpec, Model } from './model.ts'
import { type Checkpoint, requireIds } from './reading.ts'

const waveRows = 256 // rows decoded side by side
const crowded = 0.8 // a wave is packed again when fewer of its rows are alive

/** A prompt that was read: its cache, and the logits of the token after it. */
interface ReadPrompt {
  readonly cache: PromptCache
  readonly logits: Float32Array
}

/** A completion under way. */
interface Row {
  readonly request: number
  readonly index: number
  readonly random: Random
  readonly limit: number
  readonly ids: number[]
  readonly logprobs: number[]
  readonly sampledLogprobs: number[]
  position: number // of the newest token
  done: 'stop' | 'length' | null
}

/** Completions of each request, in order; every completion depends on its own seed and index alone. */
export async function sample(
  model: Model,
  requests: readonly SampleRequest[],
  options: Omit<SampleOptions, 'signal'>,
  checkpoint: Checkpoint,
): Promise<Completion[][]> {
  const choice = requireOptions(model, requests, options)
  const out: Completion[][] = requests.map(() => [])
  let at = 0
  while (at < requests.length) {
    let rows = requests[at]!.n
    let end = at + 1
    while (end < requests.length && rows + requests[end]!.n <= waveRows) rows += requests[end++]!.n
    const wave = requests.slice(at, end)
    const completions = await sampleWave(model, wave, options, choice, checkpoint)
    completions.forEach((list, i) => {
      out[at + i] = list
    })
    at = end
  }
  return out
}

async function sampleWave(
  model: Model,
  requests: readonly SampleRequest[],
  { maxTokens, stopIds }: Omit<SampleOptions, 'signal'>,
  choice: ChooseOptions,
  checkpoint: Checkpoint,
): Promise<Completion[][]> {
  const prompts = await readPrompts(model, requests, checkpoint)
  const size = model.config.vocabSize
  const stops = new Set(stopIds)
  const room = (request: SampleRequest): number =>
    Math.min(maxTokens, model.config.maxPositions - request.ids.length)
  const all = requests.flatMap((r, request) =>
    Array.from({ length: r.n }, (_, index): Row => {
      const position = r.ids.length - 1
      const common = { ids: [], logprobs: [], sampledLogprobs: [], done: null, position }
      return { request, index, random: random(r.seed, index), limit: room(r), ...common }
    }),
  )
  for (const row of all) extend(row, prompts[row.request]!.logits, 0, size, choice, stops)

  let live = all.filter(row => row.done === null)
  let cache = new Cache(model.config, live.length, Math.max(0, ...live.map(r => r.position)) + 1)
  live.forEach((row, i) => {
    cache.start(i, prompts[row.request]!.cache)
  })
  const decoder = model.decoder(maxTokens)
  while (live.length > 0) {
    checkpoint()
    const logits = await decode(model, decoder, cache, live)
    live.forEach((row, i) => {
      if (row.done === null) extend(row, logits, i * size, size, choice, stops)
    })
    const alive = live.flatMap((row, i) => (row.done === null ? [i] : []))
    const longest = Math.max(0, ...alive.map(i => live[i]!.position + 1))
    if (alive.length < crowded * live.length || longest > cache.slots) {
      cache = cache.take(alive, longest)
      live = alive.map(i => live[i]!)
    }
  }
  return requests.map((_, request) => all.filter(row => row.request === request).map(finish))
}

/** One more token of every row: feeds the newest ones, keeps their keys and values, returns logits [rows, V]. */
async function decode(
  model: Model,
  decoder: GraphSpec,
  cache: Cache,
  live: readonly Row[],
): Promise<Float32Array> {
  // A finished row stays until the wave is packed; it writes its last token again.
  const positions = live.map(row => Math.min(row.position, cache.slots - 1))
  const results = await model.run(decoder, {
    ids: { data: BigInt64Array.from(live, row => BigInt(row.ids.at(-1)!)), shape: [live.length] },
    positions: { data: BigInt64Array.from(positions, p => BigInt(p)), shape: [live.length, 1] },
    ...cache.feeds,
  })
  cache.append(results, positions)
  return results.logits!
}

function extend(
  row: Row,
  logits: Float32Array,
  from: number,
  size: number,
  choice: ChooseOptions,
  stops: ReadonlySet<number>,
): void {
  const logits_V = logits.subarray(from, from + size)
  const { id, logprob, sampledLogprob } = choose(logits_V, row.random(), choice)
  if (!Number.isFinite(logprob)) {
    throw new EngineError('sample: the logits are not finite; the weights are damaged')
  }
  row.ids.push(id)
  row.logprobs.push(logprob)
  row.sampledLogprobs.push(sampledLogprob)
  row.position++
  if (stops.has(id)) row.done = 'stop'
  else if (row.ids.length >= row.limit) row.done = 'length'
}

function finish(row: Row): Completion {
  return {
    ids: Int32Array.from(row.ids),
    logprobs_T: Float32Array.from(row.logprobs),
    sampledLogprobs_T: Float32Array.from(row.sampledLogprobs),
    stop: row.done ?? 'length',
  }
}

async function readPrompts(
  model: Model,
  requests: readonly SampleRequest[],
  checkpoint: Checkpoint,
): Promise<ReadPrompt[]> {
  const { layers, vocabSize, maxPositions } = model.config
  const out: ReadPrompt[] = []
  const lengths = requests.map(r => r.ids.length)
  for (const { members, length: padded } of bucketByLength(lengths, model.budget)) {
    checkpoint()
    const length = Math.min(padded, maxPositions)
    const ids = new BigInt64Array(members.length * length)
    members.forEach((request, b) => {
      requests[request]!.ids.forEach((id, t) => {
        ids[b * length + t] = BigInt(id)
      })
    })
    const last = members.map((request, b) => BigInt(b * length + lengths[request]! - 1))
    const results = await model.run(
      { kind: 'prompt' },
      {
        ...model.rectangle(ids, members.length, length),
        rows: { data: BigInt64Array.from(last), shape: [members.length] },
      },
    )
    const keys = Array.from({ length: layers }, (_, l) => results[`k${l}`]!)
    const values = Array.from({ length: layers }, (_, l) => results[`v${l}`]!)
    members.forEach((request, row) => {
      const cache = { keys, values, row, length, tokens: lengths[request]! }
      const logits = results.logits!.subarray(row * vocabSize, (row + 1) * vocabSize)
      out[request] = { cache, logits }
    })
  }
  return out
}

function requireOptions(
  { config }: Model,
  requests: readonly SampleRequest[],
  options: Omit<SampleOptions, 'signal'>,
): ChooseOptions {
  const { maxTokens, temperature = 1, topP = 1, greedy = false } = options
  const refuse = (what: string): never => {
    throw new EngineError(`sample: ${what}`)
  }
  if (config.head !== 'language-model') refuse(`a ${config.head} head cannot write`)
  if (!(temperature > 0)) refuse(`temperature ${temperature}, expected a number above 0`)
  if (!(topP > 0 && topP <= 1)) refuse(`topP ${topP}, expected a number in (0, 1]`)
  if (!(Number.isInteger(maxTokens) && maxTokens > 0)) refuse(`maxTokens ${maxTokens}`)
  requests.forEach(({ ids, n }, i) => {
    if (ids.length === 0) refuse(`prompt ${i} is empty`)
    if (!Number.isInteger(n) || n < 1) refuse(`prompt ${i} asks for ${n} completions`)
    if (greedy && n > 1)
      refuse(`prompt ${i} asks for ${n} greedy completions; all would be the same`)
    requireIds(ids, config, `sample: prompt ${i}`)
    if (ids.length === config.maxPositions) refuse(`prompt ${i} fills all ${ids.length} positions`)
  })
  return { temperature, topP, greedy }
}
