import { expect, onTestFinished, test } from 'vitest'
import { freshConfig } from '../../../src/engine/hf/config.ts'
import type { ModelOptions } from '../../../src/engine/onnx/model.ts'
import { type OnnxEngine, openFreshEngine } from '../../../src/engine/onnx/open.ts'
import { close, sequences, weights } from '../subject.ts'

const config = freshConfig({
  architecture: 'qwen3',
  vocabSize: 40,
  hiddenSize: 32,
  intermediateSize: 48,
  layers: 3,
  heads: 4,
  kvHeads: 2,
  maxPositions: 64,
  eosIds: [],
})

async function opened(options: Partial<ModelOptions>, shape = config): Promise<OnnxEngine> {
  const engine = await openFreshEngine(shape, { seed: 2, threads: 1, ...options })
  onTestFinished(() => engine.close())
  return engine
}

// None of these changes what is computed, only how much of it is in memory at once.
test.each([
  ['logits in slices', { logits: 200, budget: 64 }], // in 13 slices
  ['layers computed again', { recompute: true }],
  ['small rectangles', { budget: 16 }],
  ['little memory: a row alone, its layers computed again', { valueBytes: 1000 }],
  ['all of them', { logits: 200, recompute: true, budget: 32 }],
])('%s: the same scores and gradients', async (_, options) => {
  const engines = [await opened({}), await opened(options)]
  const all = sequences(engines[0]!, 23, 9, 17)
  const batch = all.map(ids => {
    return { ids, weights: weights(ids), entropyWeights: weights(ids, 0.3).reverse() }
  })
  const [plain, other] = await Promise.all(
    engines.map(async engine => ({
      scored: await engine.score(all),
      learned: await engine.accumulate(batch),
      gradients: await engine.gradients(),
    })),
  )
  plain!.scored.forEach(({ logprobs, entropies }, i) => {
    for (const scores of [other!.scored[i]!, other!.learned[i]!]) {
      close(scores.logprobs, logprobs, 1e-5)
      close(scores.entropies, entropies, 1e-5)
    }
  })
  expect([...other!.gradients.keys()]).toEqual([...plain!.gradients.keys()])
  for (const [name, gradient] of plain!.gradients) {
    close(other!.gradients.get(name)!, gradient, 1e-4)
  }
})

// A few tokens many times over: the threads of an operation that adds rows by their name would get in each other's way.
test('two threads of one operation: the gradient of one, and the same to the last bit each time', async () => {
  const wide = { ...config, hiddenSize: 128, layers: 1 } // so much that the library shares it out
  const batch = Array.from({ length: 64 }, () => {
    const ids = Int32Array.from({ length: 50 }, (_, t) => (t * 17) % 5)
    return { ids, weights: weights(ids, 0.01) }
  })
  const gradients = async (engine: OnnxEngine) => {
    await engine.clear()
    await engine.accumulate(batch)
    return engine.gradients()
  }
  const one = await gradients(await opened({}, wide))
  const engine = await opened({ threads: 2, lanes: 1 }, wide)
  const two = await gradients(engine)
  for (const [name, gradient] of two) {
    const expected = one.get(name)!
    const far = gradient.map((x, i) => Math.abs(x - expected[i]!))
    expect(Math.max(...far), name).toBeLessThan(1e-4 * Math.max(...expected.map(Math.abs)))
  }
  for (let i = 0; i < 10; i++) {
    const again = await gradients(engine)
    const same = [...two.keys()].filter(name => bytes(two, name).equals(bytes(again, name)))
    expect(same).toHaveLength(two.size)
  }
})

function bytes(gradients: ReadonlyMap<string, Float32Array>, name: string): Buffer {
  const { buffer, byteOffset, byteLength } = gradients.get(name)!
  return Buffer.from(buffer, byteOffset, byteLength)
}
