import { expect, test } from 'vitest'
import { jsonBytes } from '../../../src/engine/tinker/dialects/json-bytes.ts'
import { random } from '../../../src/numbers/random.ts'

const read = (value: Parameters<typeof jsonBytes>[0]) =>
  JSON.parse(Buffer.from(jsonBytes(value)).toString())

test('what is no array of numbers is written as JSON writes it', () => {
  const value = {
    text: 'é "quoted"\n\u2028 \ud83d\ude00',
    nothing: null,
    list: [1, 0.1, -1e-7, true, false, [], {}, { deeper: ['a'] }],
    left: undefined,
  }
  expect(read(value)).toEqual(JSON.parse(JSON.stringify(value)))
})

test('a float32 comes back as it was, whatever its size', () => {
  const draw = random(1)
  const drawn = new Uint32Array(Array.from({ length: 20_000 }, () => draw() * 2 ** 32))
  const sizes = Float32Array.from({ length: 83 }, (_, i) => 10 ** (i - 44))
  const special = Float32Array.of(0, -0, 1, -1, 0.5, 1e9, 123456.789, 2 ** 31, -(2 ** 31), 3.4e38)
  for (const all of [new Float32Array(drawn.buffer).filter(Number.isFinite), sizes, special]) {
    const { values } = read({ values: all }) as { values: number[] }
    expect(values.length).toBe(all.length)
    expect(all.findIndex((x, i) => Math.fround(values[i]!) !== x + 0)).toBe(-1)
  }
})

test('what is no finite number is null, as in JSON', () => {
  const { values } = read({ values: Float32Array.of(Number.NaN, Infinity, -Infinity, 1) })
  expect(values).toEqual([null, null, null, 1])
})

test('integers, of as many digits as there are', () => {
  const values = Int32Array.of(0, 7, -7, 10, 99, 100, 999, 1000, 1001, 99_999, 100_000, 999_999)
  const large = Int32Array.of(1_000_000, 1_000_001, 123_456_789, 2_147_483_647, -2_147_483_648)
  expect(read({ values, large, none: new Int32Array(0) })).toEqual({
    values: [...values],
    large: [...large],
    none: [],
  })
})
