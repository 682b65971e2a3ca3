import { expect, test } from 'vitest'
import { freshConfig } from '../../../src/engine/hf/config.ts'
import {
  causalMask,
  growingAngles,
  masked,
  rotaryAngles,
  rotaryFrequencies,
} from '../../../src/engine/onnx/tables.ts'

test('angles are the position over theta^(2 i / size)', () => {
  const config = freshConfig({
    architecture: 'qwen2',
    vocabSize: 10,
    hiddenSize: 8,
    intermediateSize: 8,
    layers: 1,
    heads: 2,
    maxPositions: 4,
    rope: { kind: 'default', theta: 100 },
    eosIds: [],
  })
  const { cos, sin } = rotaryAngles(config, 4) // heads of 4: theta^0 = 1 and theta^(2/4) = 10
  const angles = [0, 0, 1, 0.1, 2, 0.2, 3, 0.3]
  expect(cos.shape).toEqual([4, 2])
  expect(sin.shape).toEqual([4, 2])
  expect(Array.from(cos.data as Float32Array)).toEqual(
    angles.map(a => expect.closeTo(Math.cos(a), 6)),
  )
  expect(Array.from(sin.data as Float32Array)).toEqual(
    angles.map(a => expect.closeTo(Math.sin(a), 6)),
  )
})

test('angles grow with the positions that are asked for, up to those of the model', () => {
  const shape = { vocabSize: 10, hiddenSize: 4, intermediateSize: 8, layers: 1, heads: 1 }
  const fresh = { architecture: 'llama', ...shape, eosIds: [] } as const
  const sizes = (maxPositions: number, ...asked: number[]): number[] => {
    const angles = growingAngles(freshConfig({ ...fresh, maxPositions }))
    return asked.map(positions => angles(positions).cos.shape[0]!)
  }
  expect(sizes(1e15, 1, 256, 257, 5)).toEqual([256, 256, 512, 512])
  expect(sizes(300, 1, 257)).toEqual([256, 300])
  expect(sizes(3, 3)).toEqual([3])
})

test('linear scaling divides every frequency', () => {
  const frequencies = rotaryFrequencies({ kind: 'linear', theta: 100, factor: 4 }, 4)
  expect([...frequencies]).toEqual([0.25, expect.closeTo(0.025, 8)])
})

test('llama3 scaling keeps the fast ones, divides the slow ones, and mixes between', () => {
  const rope = { kind: 'llama3', theta: 1, factor: 8, originalPositions: 100 } as const
  const turns = 100 / (2 * Math.PI) // of one radian a position
  for (const times of [8, 5, 3, 2, 0.5]) {
    const low = turns / times
    const factors = { lowFrequencyFactor: low, highFrequencyFactor: 4 * low }
    const [found] = rotaryFrequencies({ ...rope, ...factors }, 2)
    const kept = Math.min(1, Math.max(0, (times - 1) / 3))
    expect(found).toBeCloseTo((1 - kept) / 8 + kept, 6)
  }
})

test('a query may look at itself and before', () => {
  const no = masked
  expect(causalMask(3, 1)).toEqual({
    data: Float32Array.of(0, no, no, 0, 0, no, 0, 0, 0),
    shape: [3, 3],
  })
  expect(causalMask(2, 2)).toEqual({
    data: Float32Array.of(0, no, 0, 0, 0, no, 0, 0),
    shape: [4, 2],
  })
})

test('a query may look at itself and a window of tokens before', () => {
  const no = masked
  expect(causalMask(3, 1, 2).data).toEqual(Float32Array.of(0, no, no, 0, 0, no, no, 0, 0))
  expect(causalMask(3, 1, 1).data).toEqual(Float32Array.of(0, no, no, no, 0, no, no, no, 0))
})

test('yarn keeps what turns often, divides what turns rarely, and mixes between', () => {
  const rope = {
    kind: 'yarn',
    theta: 10_000,
    factor: 4,
    attentionFactor: 1,
    betaFast: 32,
    betaSlow: 1,
    truncate: true,
    originalPositions: 4096,
  } as const
  const plain = rotaryFrequencies({ kind: 'default', theta: 10_000 }, 64)
  const share = [...rotaryFrequencies(rope, 64)].map((x, i) => (plain[i]! - x) / (plain[i]! * 0.75))
  // 64 ln(4096 / (2 pi turns)) / (2 ln 10000) is 10.5 for 32 turns and 22.5 for one: pairs 10 and 23
  share.forEach((found, i) => {
    expect(found).toBeCloseTo(Math.min(1, Math.max(0, (i - 10) / 13)), 5)
  })
})

test('yarn makes cosines and sines longer', () => {
  const shape = { vocabSize: 10, hiddenSize: 4, intermediateSize: 8, layers: 1, heads: 1 }
  const rope = {
    kind: 'yarn',
    theta: 100,
    factor: 2,
    attentionFactor: 1.5,
    betaFast: 8,
    betaSlow: 2,
    truncate: false,
    originalPositions: 64,
  } as const
  const config = freshConfig({ architecture: 'llama', ...shape, maxPositions: 8, rope, eosIds: [] })
  const { cos, sin } = rotaryAngles(config, 8)
  cos.data.forEach((x, i) => {
    expect(Math.hypot(Number(x), Number(sin.data[i]))).toBeCloseTo(1.5, 6)
  })
})

test('a masked score has no share, and a row of masked ones is still finite', () => {
  expect(Math.exp(Math.fround(masked))).toBe(0)
  expect(Number.isFinite(Math.fround(masked) * 2)).toBe(true)
})
