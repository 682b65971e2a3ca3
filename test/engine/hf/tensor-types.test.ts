import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  firstInfinite,
  firstNotFinite,
  fromBfloat16,
  fromFloat16,
  toBfloat16,
  toFloat16,
} from '../../../src/engine/hf/tensor-types.ts'

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

test('every half-precision number survives', () => {
  const bits = Uint16Array.from({ length: 1 << 16 }, (_, h) => h)
  const [wide, back] = [new Float32Array(1 << 16), new Uint16Array(1 << 16)]
  fromFloat16(bits, wide)
  toFloat16(wide, back)
  const isNaN_ = (h: number): boolean => (h & 0x7fff) > 0x7c00
  expect(bits.findIndex(h => (isNaN_(h) ? !isNaN_(back[h]!) : back[h] !== h))).toBe(-1)
})

test('half precision rounds to nearest, ties to even, and past its largest to infinity', () => {
  const round = (...values: number[]): number[] => {
    const out = new Uint16Array(values.length)
    toFloat16(Float32Array.from(values), out)
    return [...out]
  }
  const step = 2 ** -10 // between neighbours above 1
  expect(round(1, 1 + 0.5 * step, 1 + 1.5 * step, 1 + 0.51 * step, 2 - 0.5 * step)).toEqual([
    0x3c00, 0x3c00, 0x3c02, 0x3c01, 0x4000,
  ])
  expect(
    round(65519, 65520, -1e9, 2 ** -24, 2 ** -25, 1.5 * 2 ** -24, 2 ** -14 - 2 ** -25),
  ).toEqual([0x7bff, 0x7c00, 0xfc00, 1, 0, 2, 0x0400])
})

test('the first number that is not finite', () => {
  for (const length of [1, 2, 7])
    for (let at = 0; at < length; at++)
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const values = new Float32Array(length).fill(3e38)
        expect(firstNotFinite(values)).toBe(-1)
        values[at] = bad
        expect(firstNotFinite(values)).toBe(at)
      }
  expect(firstNotFinite(new Float32Array(0))).toBe(-1)
  expect(firstInfinite(Uint16Array.of(0x7bff, 0x7c00), 'float16')).toBe(1)
  expect(firstInfinite(Uint16Array.of(0x7bff, 0x7c00, 0xff80), 'bfloat16')).toBe(2)
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
