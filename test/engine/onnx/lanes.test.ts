import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freshConfig } from '../../../src/engine/hf/config.ts'
import { openModel } from '../../../src/engine/onnx/host.ts'
import type { Lanes } from '../../../src/engine/onnx/lanes.ts'
import { type OnnxEngine, openFreshEngine } from '../../../src/engine/onnx/open.ts'
import { close, sequences, weights } from '../subject.ts'

const config = freshConfig({
  architecture: 'qwen2',
  vocabSize: 40,
  hiddenSize: 128,
  intermediateSize: 352,
  layers: 3, // 0.6 M parameters: 420 tokens are worth a lane
  heads: 4,
  kvHeads: 2,
  maxPositions: 128,
  eosIds: [],
})

async function opened(lanes: number, head: Partial<typeof config> = {}): Promise<OnnxEngine> {
  const engine = await openFreshEngine({ ...config, ...head } as typeof config, { seed: 2, lanes })
  onTestFinished(() => engine.close())
  return engine
}

/** Sequences that are worth another lane: 1,720 tokens. */
const many = (engine: OnnxEngine): Int32Array[] =>
  sequences(engine, ...Array.from({ length: 40 }, (_, i) => 24 + ((i * 7) % 39)))
const learning = (engine: OnnxEngine) =>
  many(engine).map(ids => ({ ids, weights: weights(ids, 0.01) }))
const never = (): void => {}

test('the other lane does its share', async () => {
  const lanes = await openModel({ kind: 'fresh', config, seed: 2 }, { lanes: 2 })
  onTestFinished(() => lanes.close())
  const run = vi.spyOn(lanes.model, 'run')
  const tokens = (): number => {
    const sum = run.mock.calls.reduce((all, [, feeds]) => all + feeds.ids!.data.length, 0)
    run.mockClear()
    return sum
  }
  const all = Array.from({ length: 40 }, (_, i) => new Int32Array(40).fill(i))
  await lanes.each('score', all, [], never)
  expect(tokens()).toBe(800)
  await lanes.each('score', all.slice(0, 20), [], never) // too few
  expect(tokens()).toBe(800)
  await lanes.sample(
    [{ ids: Int32Array.of(1), n: 40, seed: 1 }],
    { maxTokens: 50, stopIds: [] },
    never,
  )
  const prompt = 64 // read with as many rows as keep it steady
  expect(tokens()).toBe(prompt + 20 * 49)
})

test('completions are those of one lane, to the last bit', async () => {
  const requests = Array.from({ length: 9 }, (_, i) => {
    return { ids: Int32Array.from({ length: 1 + 5 * i }, (_, t) => (t * i) % 40), n: 5, seed: i }
  })
  const options = { maxTokens: 60, stopIds: [3], temperature: 1.2, topP: 0.95 }
  const [one, three] = await Promise.all(
    [1, 3].map(async lanes => (await opened(lanes)).sample(requests, options)),
  )
  expect(one!.map(group => group.length)).toEqual(requests.map(({ n }) => n))
  expect(three).toEqual(one)
})

test('scores are those of one lane, in order', async () => {
  const [one, three] = [await opened(1), await opened(3)]
  const [ours, theirs] = [await three.score(many(three)), await one.score(many(one))]
  expect(ours).toHaveLength(40)
  for (const [i, { logprobs, entropies }] of theirs.entries()) {
    close(ours[i]!.logprobs, logprobs, 1e-5)
    close(ours[i]!.entropies, entropies, 1e-5)
  }
})

test('classes: logits, losses and gradients are those of one lane', async () => {
  const head = { head: 'token-classification', classes: 2 } as const
  const answers = await Promise.all(
    [1, 2].map(async lanes => {
      const engine = await opened(lanes, head)
      const labelled = many(engine).map((ids, i) => {
        return { ids, classes: Int32Array.from(ids, (_, t) => [-100, 0, 1][(i + t) % 3]!) }
      })
      const loss = await engine.accumulateClasses(labelled, 0.1)
      const slopes = (ids: Int32Array) =>
        Float32Array.from({ length: 2 * ids.length }, (_, i) => Math.sin(i))
      await engine.accumulateLogits(many(engine).map(ids => ({ ids, slopes: slopes(ids) })))
      return { loss, logits: await engine.classify(many(engine)), all: await engine.gradients() }
    }),
  )
  const [one, two] = answers as [(typeof answers)[0], (typeof answers)[0]]
  expect(two.loss).toBeCloseTo(one.loss, 3)
  one.logits.forEach((logits, i) => {
    close(two.logits[i]!, logits, 1e-5)
  })
  for (const [name, gradient] of one.all) near(two.all.get(name)!, gradient)
})

test('gradients add up over lanes and calls; steps and clear are those of one lane', async () => {
  const [one, two] = [await opened(1), await opened(2)]
  const trained = async (engine: OnnxEngine) => {
    await engine.accumulate(learning(engine))
    await engine.clear()
    const gradients = []
    for (let i = 0; i < 3; i++) {
      await engine.accumulate(learning(engine))
      await engine.accumulate(learning(engine).slice(0, 3)) // for one lane alone
      gradients.push(await engine.gradients())
      await engine.step({ learningRate: 1e-3 })
    }
    return { gradients, scores: await engine.score(many(engine)) }
  }
  const [a, b] = [await trained(one), await trained(two)]
  a.gradients.forEach((named, i) => {
    for (const [name, gradient] of named) near(b.gradients[i]!.get(name)!, gradient)
  })
  a.scores.forEach(({ logprobs }, i) => {
    close(b.scores[i]!.logprobs, logprobs, 1e-3)
  })
})

test('the same lanes give the same gradient to the last bit', async () => {
  const found = await Promise.all(
    [3, 3].map(async lanes => {
      const engine = await opened(lanes)
      await engine.accumulate(learning(engine))
      return engine.gradients()
    }),
  )
  expect(found[0]).toEqual(found[1])
})

test('restored weights reach every lane, also where their version is that of others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'minform-lanes-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const engine = await opened(2)
  const step = async (): Promise<void> => {
    await engine.accumulate(learning(engine))
    await engine.step({ learningRate: 1e-2 })
  }
  const scored = async () => (await engine.score(many(engine))).map(({ logprobs }) => logprobs)
  await engine.save(folder, { optimizer: true, tokenizer: null })
  const before = await scored()
  await step()
  expect(await scored()).not.toEqual(before)
  await engine.accumulate(learning(engine)) // is forgotten
  await engine.restore(folder)
  expect(await scored()).toEqual(before)
  for (const gradient of (await engine.gradients()).values()) {
    expect(gradient.every(x => x === 0)).toBe(true)
  }
})

test('an abort stops every lane, and the engine works on', async () => {
  const engine = await opened(2)
  const long = [{ ids: Int32Array.of(1), n: 4000, seed: 1 }]
  const expected = await engine.score(many(engine))
  const abort = new AbortController()
  const asked = engine.sample(long, { maxTokens: 120, stopIds: [], signal: abort.signal })
  setTimeout(() => abort.abort(), 30)
  await expect(asked).rejects.toThrow(/abort|cancel/i)
  expect(await engine.score(many(engine))).toEqual(expected)
})

test('an engine that is closed while lanes work', async () => {
  const engine = await opened(2)
  const long = [{ ids: Int32Array.of(1), n: 4000, seed: 1 }]
  const asked = engine.sample(long, { maxTokens: 120, stopIds: [] })
  setTimeout(() => void engine.close(), 30)
  await expect(asked).rejects.toThrow('the engine is closed')
})

test('what cannot be read is named by its place among all', async () => {
  const engine = await opened(2)
  const all = many(engine)
  all[37] = new Int32Array(200)
  await expect(engine.score(all)).rejects.toThrow('sequence 37 has 200 tokens; the model has 128')
  all[37] = Int32Array.of(1, 99)
  await expect(engine.score(all)).rejects.toThrow('sequence 37 holds token 99')
})

test('a lane that fails stops the others, and its error is thrown', async () => {
  const lanes = await openModel({ kind: 'fresh', config, seed: 2 }, { lanes: 2 })
  onTestFinished(() => lanes.close())
  const ask = (): ReturnType<Lanes['sample']> =>
    lanes.sample([{ ids: Int32Array.of(1), n: 64, seed: 1 }], { maxTokens: 50, stopIds: [] }, never)
  const good = await ask()
  const [first] = lanes.model.trained
  lanes.model.trained[0] = Number.NaN // seen by the other lane alone: this one has its weights laid out
  lanes.renewed()
  await expect(ask()).rejects.toMatchObject({ name: 'EngineError', message: /not finite/ })
  lanes.model.trained[0] = first!
  lanes.renewed()
  expect(await ask()).toEqual(good)
})

/** Equal but for the order of sums: by the largest of a tensor. */
function near(found: Float32Array, expected: Float32Array): void {
  const far = found.map((x, i) => Math.abs(x - expected[i]!))
  expect(Math.max(...far)).toBeLessThan(1e-4 * Math.max(1e-3, ...expected.map(Math.abs)))
}

test('hidden states come from every lane, and a blend reaches all of them', async () => {
  const [one, two] = [await opened(1), await opened(2)]
  const all = many(one)
  const check = async (): Promise<void> => {
    const [alone, shared] = [await one.hidden(all), await two.hidden(all)]
    for (const [i, states] of shared.entries()) close(states, alone[i]!, 1e-4)
  }
  await check()
  const start = await one.weights()
  for (const engine of [one, two]) await engine.blend(new Float32Array(start.length), 0.5)
  await check()
  const before = await two.score(all)
  await two.blend(start, 0)
  const after = await two.score(all)
  expect(all.every((_, i) => after[i]!.logprobs.some((x, t) => x !== before[i]!.logprobs[t]))).toBe(
    true,
  )
})
