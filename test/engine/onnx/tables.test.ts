import { expect, test } from 'vitest'
import { qwen2Config } from '../../../src/engine/hf/config.ts'
import { causalMask, masked, rotaryAngles } from '../../../src/engine/onnx/tables.ts'

test('angles are the position over theta^(2 i / size)', () => {
  const config = qwen2Config({
    vocabSize: 10,
    hiddenSize: 8,
    intermediateSize: 8,
    layers: 1,
    heads: 2,
    maxPositions: 4,
    ropeTheta: 100,
    eosIds: [],
  })
  const { cos, sin } = rotaryAngles(config) // heads of 4: theta^0 = 1 and theta^(2/4) = 10
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

test('a masked score has no share, and a row of masked ones is still finite', () => {
  expect(Math.exp(Math.fround(masked))).toBe(0)
  expect(Number.isFinite(Math.fround(masked) * 2)).toBe(true)
})
