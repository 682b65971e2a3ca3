import { expect, test } from 'vitest'
import { estimate, iterationSeconds, memoryOf } from '../../../src/cli/doctor/estimates.ts'
import { freshConfig } from '../../../src/engine/hf/config.ts'
import { runBytes } from '../../../src/train/memory.ts'

const config = freshConfig({
  ...{ architecture: 'llama', vocabSize: 1000, hiddenSize: 64, intermediateSize: 128 },
  ...{ layers: 2, heads: 4, kvHeads: 2, maxPositions: 64, eosIds: [0] },
})

const llama135 = freshConfig({
  ...{ architecture: 'llama', vocabSize: 49_152, hiddenSize: 576, intermediateSize: 1536 },
  ...{ layers: 30, heads: 9, kvHeads: 3, maxPositions: 8192, eosIds: [2] },
})

test('what doctor tells of training is what train refuses a run by', () => {
  const { parameters, memory } = estimate('tiny', config, 100)
  expect(parameters).toBe(64_000 + 2 * 36_992 + 64) // embeddings, layers, norm
  const asked = { lora: null, baseType: 'float32', maxTokens: 200, problems: 8 } as const
  expect(memory.full).toBe(runBytes({ policy: config, beside: [] }, asked, { groupSize: 8 }))
})

test('sampling takes less than learning an adapter, and that less than learning all', () => {
  const { sample, lora, full } = memoryOf(llama135)
  expect([sample, lora, full]).toEqual([sample, lora, full].toSorted((a, b) => a - b))
})

test('an iteration is so many operations at so much of the speed', () => {
  // 12,800 tokens of 2 operations a parameter, and 19,200 of 8
  expect(iterationSeconds(1e6, 1)).toBeCloseTo((12_800 * 2e-3) / 0.3 + (19_200 * 8e-3) / 0.6, 9)
  expect(iterationSeconds(1e6, 10)).toBeCloseTo(iterationSeconds(1e6, 1) / 10, 9)
})
