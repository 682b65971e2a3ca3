import { expect, test } from 'vitest'
import { freshConfig } from '../../src/engine/hf/config.ts'
import { projections } from '../../src/engine/hf/lora.ts'
import { peakBytes } from '../../src/engine/onnx/memory.ts'
import { runBytes } from '../../src/train/memory.ts'

const llama135 = freshConfig({
  architecture: 'llama',
  vocabSize: 49_152,
  hiddenSize: 576,
  intermediateSize: 1536,
  layers: 30,
  heads: 9,
  kvHeads: 3,
  maxPositions: 8192,
  eosIds: [2],
})
const lora = { rank: 8, alpha: 16, targets: projections }
const gib = 2 ** 30

// Peaks as docs/sizes.md has them: a step on 8 x 256 tokens.
test.each([
  ['float32', 2.53],
  ['bfloat16', 2.47],
] as const)('135 M, an adapter, %s: within a quarter of what was measured', (base, measured) => {
  const bytes = peakBytes(llama135, { learns: lora, base, rows: 0, length: 256 })
  expect(Math.abs(bytes / gib / measured - 1)).toBeLessThan(0.25)
})

test('decoding adds the weights laid out for it', () => {
  const bytes = peakBytes(llama135, { learns: lora, base: 'float32', rows: 32, length: 112 })
  expect(Math.abs(bytes / gib / 3.8 - 1)).toBeLessThan(0.25)
})

test('a run is smaller by an adapter, by fewer bytes a weight, and by shorter rollouts', () => {
  const asked = { lora: null, baseType: 'float32', maxTokens: 512, problems: 8 } as const
  const options = { groupSize: 8, klCoef: 1e-3 }
  const shapes = { policy: llama135, beside: [] }
  const sizes = [
    asked,
    { ...asked, lora },
    { ...asked, lora, baseType: 'bfloat16' as const },
    { ...asked, lora, baseType: 'int8' as const },
    { ...asked, lora, baseType: 'int8' as const, maxTokens: 64 },
  ].map(one => runBytes(shapes, one, options))
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
  const rounded = runBytes(shapes, { ...asked, sampling: 'int8' }, options)
  expect(rounded).toBeGreaterThan(sizes[0]!)
  const judged = runBytes({ policy: llama135, beside: [llama135] }, asked, options)
  expect(judged).toBeGreaterThan(sizes[0]!)
})
