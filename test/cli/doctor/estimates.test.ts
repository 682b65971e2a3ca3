import { expect, test } from 'vitest'
import { estimate, iterationSeconds, memoryOf } from '../../../src/cli/doctor/estimates.ts'
import { freshConfig } from '../../../src/engine/hf/config.ts'

const config = freshConfig({
  ...{ architecture: 'llama', vocabSize: 1000, hiddenSize: 64, intermediateSize: 128 },
  ...{ layers: 2, heads: 4, kvHeads: 2, maxPositions: 64, eosIds: [0] },
})

test('weights, a cache of 64 rollouts of 300 tokens, and the values of 8 x 256 tokens', () => {
  const { parameters, memory } = estimate('tiny', config, 100)
  expect(parameters).toBe(64_000 + 2 * 36_992 + 64) // embeddings, layers, norm
  const cache = 64 * 300 * 2 * 2 * 2 * 16 * 4 // layers, keys and values, heads, their size, bytes
  const values = 2048 * 4 * 5 * (7 * 64 + 5 * 128 + 4 * 256)
  const logits = 3 * 4 * 2 ** 24
  expect(memory.sample).toBe(0.3e9 + 8 * parameters + cache)
  expect(memory.lora).toBe(0.3e9 + 4 * parameters + values + logits)
  expect(memory.full).toBe(memory.lora + 16 * parameters)
})

test('a large model keeps to the limits of the engine, and its weights are not laid out twice', () => {
  const large = { ...config, layers: 100, intermediateSize: 20_000, kvHeads: 4, headDim: 64 }
  const memory = memoryOf(large, 1e9)
  expect(memory.sample).toBe(0.3e9 + 4e9 + 2 ** 30)
  expect(memory.full).toBe(0.3e9 + 20e9 + 2 ** 31 + 3 * 4 * 2 ** 24)
})

test('an iteration is so many operations at so much of the speed', () => {
  // 12,800 tokens of 2 operations a parameter, and 19,200 of 8
  expect(iterationSeconds(1e6, 1)).toBeCloseTo((12_800 * 2e-3) / 0.3 + (19_200 * 8e-3) / 0.6, 9)
  expect(iterationSeconds(1e6, 10)).toBeCloseTo(iterationSeconds(1e6, 1) / 10, 9)
})
