import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshConfig } from '../../../src/engine/hf/config.ts'
import { readConfig } from '../../../src/engine/hf/config-file.ts'
import { initialise, parameterCount, parameterTable } from '../../../src/engine/hf/parameters.ts'
import { listTensors } from '../../../src/engine/hf/safetensors.ts'
import { random } from '../../../src/numbers/random.ts'

const fixtures = join(import.meta.dirname, '../../fixtures/hf')
const sizes = {
  vocabSize: 64,
  hiddenSize: 32,
  intermediateSize: 48,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  maxPositions: 128,
  eosIds: [1],
}
const config = freshConfig({ architecture: 'qwen2', ...sizes })

test('the table covers one flat array; packed matrices are neighbours', () => {
  const table = parameterTable(config)
  let offset = 0
  for (const parameter of table) {
    expect(parameter.offset).toBe(offset)
    expect(parameter.size).toBe(parameter.shape.reduce((a, b) => a * b, 1))
    offset += parameter.size
  }
  expect(parameterCount(config)).toBe(offset)
  const names = table.map(({ name }) => name.replace('model.layers.1.', ''))
  const at = names.indexOf('self_attn.q_proj.weight')
  const weights = ['q_proj', 'k_proj', 'v_proj'].map(x => `self_attn.${x}.weight`)
  const biases = ['q_proj', 'k_proj', 'v_proj'].map(x => `self_attn.${x}.bias`)
  expect(names.slice(at, at + 6)).toEqual([...weights, ...biases])
  expect(names.indexOf('mlp.up_proj.weight')).toBe(names.indexOf('mlp.gate_proj.weight') + 1)
})

test.each(['llama3', 'qwen2', 'qwen2-bf16-sharded', 'qwen2-prm', 'qwen3'])(
  'the table of %s',
  async name => {
    const folder = join(fixtures, name)
    const found = await listTensors(folder)
    const table = parameterTable(await readConfig(folder))
    expect(table.map(p => p.name).sort()).toEqual([...found.keys()].sort())
    for (const { name, shape } of table) expect(found.get(name)!.shape).toEqual(shape)
  },
)

test('heads: none when tied, else a group of its own at the end', () => {
  const groups = (options: object) => {
    const table = parameterTable(freshConfig({ architecture: 'qwen2', ...sizes, ...options }))
    return table.filter(({ group }) => group === 'head').map(({ name }) => name)
  }
  expect(groups({})).toEqual([])
  expect(groups({ tied: false })).toEqual(['lm_head.weight'])
  expect(groups({ head: 'token-classification' })).toEqual(['score.weight', 'score.bias'])
})

test('biases, norms of queries and keys, and the head are there by property', () => {
  const layer = (shape: object) =>
    parameterTable(freshConfig({ architecture: 'llama', ...sizes, ...shape }))
      .map(({ name, shape }) => `${name} [${shape}]`)
      .filter(name => /layers\.1.*(bias|[qk]_norm)|score/.test(name))
      .map(name => name.replace('model.layers.1.', ''))
  expect(layer({})).toEqual([])
  const attention = ['q_proj.bias [32]', 'k_proj.bias [16]', 'v_proj.bias [16]']
  const all = [...attention, 'o_proj.bias [32]'].map(name => `self_attn.${name}`)
  expect(layer({ attentionBias: true })).toEqual(all)
  const mlp = ['gate_proj.bias [48]', 'up_proj.bias [48]', 'down_proj.bias [32]']
  expect(layer({ mlpBias: true })).toEqual(mlp.map(name => `mlp.${name}`))
  const norms = ['self_attn.q_norm.weight [16]', 'self_attn.k_norm.weight [16]']
  expect(layer({ architecture: 'qwen3', headDim: 16 })).toEqual(norms)
  const prm = { head: 'token-classification', headHidden: true, classes: 3 }
  expect(layer(prm)).toEqual([
    'score.0.weight [32,32]',
    'score.0.bias [32]',
    'score.2.weight [3,32]',
    'score.2.bias [3]',
  ])
})

test('fresh weights: deviations by role, ones and zeros, the same for the same seed', () => {
  const values = initialise(config, random(1))
  expect(values).toEqual(initialise(config, random(1)))
  const deviation = (end: string): number => {
    const { offset, size } = parameterTable(config).find(({ name }) => name.endsWith(end))!
    const part = values.subarray(offset, offset + size)
    return Math.sqrt(part.reduce((sum, x) => sum + x * x, 0) / size)
  }
  expect(deviation('embed_tokens.weight')).toBeCloseTo(0.02, 2.5)
  expect(deviation('up_proj.weight')).toBeCloseTo(0.02, 2.5)
  expect(deviation('down_proj.weight')).toBeCloseTo(0.01, 2.8) // 0.02 / sqrt(2 * 2)
  expect(deviation('0.input_layernorm.weight')).toBe(1)
  expect(deviation('0.self_attn.k_proj.bias')).toBe(0)
})
