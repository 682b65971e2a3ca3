import { expect, onTestFinished, test } from 'vitest'
import { type FreshShape, freshConfig } from '../../../src/engine/hf/config.ts'
import { openModel } from '../../../src/engine/onnx/host.ts'
import type { Lanes } from '../../../src/engine/onnx/lanes.ts'
import type { ModelOptions } from '../../../src/engine/onnx/model.ts'
import { type OnnxEngine, openFreshEngine } from '../../../src/engine/onnx/open.ts'
import { below, random } from '../../../src/numbers/random.ts'
import { close, weights } from '../subject.ts'

// Sequences that begin alike are read together, their beginning once. Nothing else may show it.

const shape: FreshShape = {
  architecture: 'llama',
  vocabSize: 40,
  hiddenSize: 24,
  intermediateSize: 32,
  layers: 2,
  heads: 6,
  kvHeads: 2,
  maxPositions: 48,
  eosIds: [],
}

const draw = random(1, 'together')
const tokens = (length: number): number[] => Array.from({ length }, () => below(draw, 40))
const group = (prefix: number, ...ends: number[]): Int32Array[] => {
  const common = tokens(prefix)
  return ends.map((end, i) => Int32Array.from([...common, i, ...tokens(end)]))
}

/** A group up to the last position, one of which two are equal, one alone, and an end of one token. */
const twins = group(9, 12)
const groups = [
  group(20, 3, 27, 9, 14),
  [...twins, ...twins, ...group(0, 30)],
  group(30, 1, 0),
].flat()

const settings: [string, Partial<FreshShape>, Partial<ModelOptions>, boolean?][] = [
  ['grouped queries', {}, {}],
  ['a window in one layer', { architecture: 'qwen2', window: 7, slidingLayers: [1] }, {}],
  ['layers again for the gradient', {}, { recompute: true }],
  ['slices of logits', {}, { logits: 1000, budget: 100 }],
  ['little memory', { kvHeads: 6 }, { budget: 64 }],
  ['an adapter', {}, {}, true],
  ['an adapter on int8', {}, { base: 'int8' }, true],
]

async function opened(
  options: Partial<ModelOptions>,
  more: Partial<FreshShape>,
  adapted = false,
): Promise<OnnxEngine> {
  const config = freshConfig({ ...shape, ...more })
  const lora = adapted ? { lora: { rank: 3 } } : {}
  const engine = await openFreshEngine(config, { seed: 2, lanes: 1, ...options, ...lora })
  onTestFinished(() => engine.close())
  return engine
}

/** What a verb answers for all sequences at once, and for each by itself; and the gradient of both. */
async function bothWays<T>(
  engine: OnnxEngine,
  verb: (sequences: readonly Int32Array[]) => Promise<T[]>,
): Promise<[T, T][]> {
  await engine.clear()
  const together = await verb(groups)
  const sum = await engine.gradients()
  await engine.clear()
  const alone: T[] = []
  for (const ids of groups) alone.push(...(await verb([ids])))
  const sums = await engine.gradients()
  for (const [name, values] of sums) close(sum.get(name)!, values, 2e-5)
  return together.map((answer, i) => [answer, alone[i]!])
}

test.each(settings)('%s: scores, states and gradients of each by itself', async (_, ...how) => {
  const [more, options, adapted] = how
  const engine = await opened(options, more, adapted)
  const pairs = await bothWays(engine, all => engine.score(all, undefined, { meanLogprobs: true }))
  for (const [together, alone] of pairs) {
    close(together.logprobs, alone.logprobs, 1e-5)
    close(together.entropies, alone.entropies, 1e-5)
    close(together.meanLogprobs!, alone.meanLogprobs!, 1e-5)
  }
  const states = await bothWays(engine, all => engine.hidden(all))
  for (const [together, alone] of states) close(together, alone, 2e-5)

  const learned = await bothWays(engine, all =>
    engine.accumulate(
      all.map(ids => {
        const entropyWeights = weights(ids, 0.3).map((w, t) => (t % 3 === 0 ? w : 0))
        return { ids, weights: weights(ids).map((w, t) => (t % 4 === 1 ? 0 : w)), entropyWeights }
      }),
    ),
  )
  for (const [together, alone] of learned) {
    const read = (logprobs: Float32Array): number[] => [...logprobs].map(x => (x <= 0 ? x : 99))
    close(read(together.logprobs), read(alone.logprobs), 1e-5) // what has no weight is NaN
  }
})

test('a classifier: logits, and gradients of labels and of slopes', async () => {
  const engine = await opened({}, { head: 'token-classification', classes: 3 })
  for (const [together, alone] of await bothWays(engine, all => engine.classify(all)))
    close(together, alone, 1e-5)
  await bothWays(engine, async all => {
    const loss = await engine.accumulateClasses(
      all.map(ids => ({
        ids,
        classes: Int32Array.from(ids, (_, t) => (t % 3 === 0 ? (t + ids.length) % 3 : -100)),
      })),
      0.5,
    )
    return [loss]
  })
  await bothWays(engine, async all => {
    await engine.accumulateLogits(
      all.map(ids => ({
        ids,
        slopes: Float32Array.from({ length: 3 * ids.length }, (_, k) =>
          k % 5 === 0 ? Math.sin(k + ids.length) : 0,
        ),
      })),
    )
    return []
  })
})

test('a prompt is read once for its group, in lanes too', async () => {
  const config = freshConfig({ ...shape, hiddenSize: 128, heads: 4, intermediateSize: 352 })
  const lanes: Lanes = await openModel({ kind: 'fresh', config, seed: 2 }, { lanes: 1 })
  onTestFinished(() => lanes.close())
  const read: number[] = []
  const { run } = lanes.model
  lanes.model.run = (spec, feeds) => {
    read.push(feeds.ids!.data.length)
    return run.call(lanes.model, spec, feeds)
  }
  const eight = group(30, ...Array(8).fill(9))
  await lanes.each('score', eight, [], () => {})
  expect(read).toEqual([29 + 8 * 11 + 1]) // and one token of nothing

  const two = await openFreshEngine(config, { seed: 2, lanes: 2 })
  onTestFinished(() => two.close())
  const all = Array.from({ length: 20 }, () => group(30, 7, 8, 9)).flat()
  const [ours, theirs] = [await two.score(all), await lanes.each('score', all, [], () => {})]
  for (const [i, { logprobs }] of theirs.entries()) close(ours[i]!.logprobs, logprobs, 1e-5)
})
