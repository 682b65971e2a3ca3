import { expect, test } from 'vitest'
import { qwen2Config } from '../../../src/engine/hf/config.ts'
import { type Parameter, parameterTable } from '../../../src/engine/hf/parameters.ts'
import { packParameters } from '../../../src/engine/onnx/packs.ts'
import { EngineError } from '../../../src/errors.ts'

const config = qwen2Config({
  vocabSize: 10,
  hiddenSize: 8,
  intermediateSize: 12,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  maxPositions: 16,
  tied: false,
  eosIds: [1],
})
const table = parameterTable(config)
const packs = packParameters(table)

test('queries, keys and values are one weight, gate and up another', () => {
  const shapes = Object.fromEntries(packs.map(({ name, shape }) => [name, shape]))
  expect(shapes).toMatchObject({
    'model.embed_tokens.weight': [10, 8],
    'model.layers.1.self_attn.qkv_proj.weight': [8 + 4 + 4, 8],
    'model.layers.1.self_attn.qkv_proj.bias': [16],
    'model.layers.1.mlp.gate_up_proj.weight': [24, 8],
    'model.layers.1.mlp.down_proj.weight': [8, 12],
    'lm_head.weight': [10, 8],
  })
  expect(packs.filter(({ name }) => /\.([qkv]|gate|up)_proj/.test(name))).toEqual([])
})

test('packs cover every parameter once, in order', () => {
  let end = 0
  for (const { name, offset, size, shape } of packs) {
    expect([name, offset]).toEqual([name, end])
    expect(shape.reduce((a, b) => a * b)).toBe(size)
    end += size
  }
  expect(end).toBe(table.at(-1)!.offset + table.at(-1)!.size)
})

test('parameters of one pack that do not touch are refused', () => {
  const apart: Parameter[] = table.map(p => ({ ...p, offset: 2 * p.offset }))
  expect(() => packParameters(apart)).toThrow(EngineError)
  expect(() => packParameters(apart)).toThrow(
    'k_proj.weight does not follow the rest of model.layers.0.self_attn.qkv_proj.weight',
  )
})
