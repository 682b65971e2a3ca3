import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBfloat16, fromFloat16, toBfloat16 } from '../../../src/engine/hf/tensor-types.ts'

const widenHalf = (...bits: number[]): number[] => {
  const out = new Float32Array(bits.length)
  fromFloat16(Uint16Array.from(bits), out)
  return [...out]
}
const roundBfloat = (...values: number[]): number[] => {
  const out = new Uint16Array(values.length)
  toBfloat16(Float32Array.from(values), out)
  return [...out]
}

test('half precision: one, the largest, the smallest normal and subnormal, signs, specials', () => {
  expect(widenHalf(0x3c00, 0x7bff, 0x0400, 0x0001)).toEqual([1, 65504, 2 ** -14, 2 ** -24])
  expect(widenHalf(0xc000, 0x8000, 0x7c00, 0xfc00, 0x7e00)).toEqual([
    -2,
    -0,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
  ])
})

test('bfloat16 rounds to nearest, ties to even', () => {
  const step = 2 ** -7 // between neighbours above 1
  expect(roundBfloat(1, 1 + 0.5 * step, 1 + 1.5 * step, 1 + 0.51 * step)).toEqual([
    0x3f80, 0x3f80, 0x3f82, 0x3f81,
  ])
  expect(roundBfloat(-1.5, 0, -0, 3.4e38)).toEqual([0xbfc0, 0, 0x8000, 0x7f80])
  expect(roundBfloat(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)).toEqual([0x7f80, 0xff80])
})

test('a NaN of any payload stays a NaN', () => {
  const words = Uint32Array.of(0x7f800001, 0x7fffffff, 0xff800001, 0xffffffff)
  const bits = new Uint16Array(4)
  toBfloat16(new Float32Array(words.buffer), bits)
  const back = new Float32Array(4)
  fromBfloat16(bits, back)
  expect([...back]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN])
})

test('every bfloat16 number survives, and rounding is the nearest one', () => {
  const back = (value: number): number => {
    const out = new Float32Array(1)
    fromBfloat16(Uint16Array.from(roundBfloat(value)), out)
    return out[0]!
  }
  fc.assert(
    fc.property(fc.float({ min: Math.fround(-1e30), max: Math.fround(1e30), noNaN: true }), x => {
      const y = back(x)
      expect(back(y)).toBe(y)
      expect(Math.abs(y - x)).toBeLessThanOrEqual(Math.abs(x) * 2 ** -8 + 1e-40)
    }),
  )
})

test('lengths must agree', () => {
  expect(() => fromFloat16(new Uint16Array(2), new Float32Array(3))).toThrow(/2 values into 3/)
})
