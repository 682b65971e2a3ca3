import { expect, test } from 'vitest'
import { blockFormats } from '../../../src/engine/gguf/dequantise.ts'
import { expected } from '../../fixtures/gguf/expected.ts'

const golden = Object.entries(expected.blocks).map(([type, { bytes, values }]) => {
  const raw = Buffer.from(values, 'base64')
  return {
    type,
    bytes: new Uint8Array(Buffer.from(bytes, 'base64')),
    values: new Uint32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length)),
  }
})

test('every type has golden blocks', () => {
  expect(golden.map(({ type }) => type).sort()).toEqual(Object.keys(blockFormats).sort())
})

test.each(golden)('$type, bit for bit as the Python package gguf', ({ type, bytes, values }) => {
  const out = new Float32Array(values.length)
  blockFormats[type]!.decode(bytes, out)
  expect(new Uint32Array(out.buffer)).toEqual(values)
})

test.each(golden)('$type at an odd place in memory', ({ type, bytes, values }) => {
  const moved = new Uint8Array(bytes.length + 1).subarray(1)
  moved.set(bytes)
  const out = new Float32Array(values.length + 1).subarray(1)
  blockFormats[type]!.decode(moved, out)
  expect(new Uint32Array(out.slice().buffer)).toEqual(values)
})

test('half a block is refused', () => {
  const decode = () => blockFormats.Q4_0!.decode(new Uint8Array(17), new Float32Array(32))
  expect(decode).toThrow(new RangeError('decode: 17 bytes into 32 values'))
})
