// Prompts to completions: each prompt is read once, its cache is copied for every completion asked of it, and all rows
// are decoded side by side. Finished rows leave when enough of them have.

import { random } from '../../random.ts'
import type { Completion, SampleOptions, SampleRequest } from '../../types.ts'
import { Completing, type SampleRules, sampleRules } from '../completing.ts'
import { bucketByLength } from './batches.ts'
import { Cache, type PromptCache } from './cache.ts'
import type { GraphSpec, Model } from './model.ts'
import type { Checkpoint } from './reading.ts'

const waveRows = 256 // rows decoded side by side
const crowded = 0.8 // a wave is packed again when fewer of its rows are alive

/** A prompt that was read: its cache, and the logits of the token after it. */
interface ReadPrompt {
  readonly cache: PromptCache
  readonly logits: Float32Array
}

/** A completion under way, in its row of the cache. */
interface Row {
  readonly request: number
  readonly completion: Completing
  position: number // of the newest token
}

/** Completions of each request, in order; every completion depends on its own seed and index alone. */
export async function sample(
  model: Model,
  requests: readonly SampleRequest[],
  options: SampleOptions,
  checkpoint: Checkpoint,
): Promise<Completion[][]> {
  const rules = sampleRules(model.config, requests, options, model.tokens)
  const out: Completion[][] = requests.map(() => [])
  let at = 0
  while (at < requests.length) {
    let rows = requests[at]!.n
    let end = at + 1
    while (end < requests.length && rows + requests[end]!.n <= waveRows) rows += requests[end++]!.n
    const wave = requests.slice(at, end)
    const completions = await sampleWave(model, wave, rules, checkpoint)
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
  rules: SampleRules,
  checkpoint: Checkpoint,
): Promise<Completion[][]> {
  const prompts = await readPrompts(model, requests, checkpoint)
  const size = model.config.vocabSize
  const all = requests.flatMap((r, request) =>
    Array.from({ length: r.n }, (_, index): Row => {
      const room = model.config.maxPositions - r.ids.length
      const completion = new Completing(rules, random(r.seed, index), room)
      return { request, completion, position: r.ids.length - 1 }
    }),
  )
  for (const row of all) extend(row, prompts[row.request]!.logits, 0)

  const isLive = ({ completion }: Row): boolean => completion.ended === null
  let live = all.filter(isLive)
  let cache = new Cache(model.config, live.length, Math.max(0, ...live.map(r => r.position)) + 1)
  live.forEach((row, i) => {
    cache.start(i, prompts[row.request]!.cache)
  })
  const decoder = model.decoder(rules.maxTokens)
  while (live.length > 0) {
    checkpoint()
    const logits = await decode(model, decoder, cache, live)
    live.forEach((row, i) => {
      if (isLive(row)) extend(row, logits, i * size)
    })
    const alive = live.flatMap((row, i) => (isLive(row) ? [i] : []))
    const longest = Math.max(0, ...alive.map(i => live[i]!.position + 1))
    if (alive.length < crowded * live.length || longest > cache.slots) {
      cache = cache.take(alive, longest)
      live = alive.map(i => live[i]!)
    }
  }
  return requests.map((_, request) =>
    all.filter(row => row.request === request).map(row => row.completion.finish(model.version)),
  )
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
    ids: {
      data: BigInt64Array.from(live, row => BigInt(row.completion.ids.at(-1)!)),
      shape: [live.length],
    },
    positions: { data: BigInt64Array.from(positions, p => BigInt(p)), shape: [live.length, 1] },
    ...cache.feeds,
  })
  cache.append(results, positions)
  return results.logits!
}

function extend(row: Row, logits: Float32Array, from: number): void {
  row.completion.add(logits, from)
  row.position++
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
