import { describe, expect, test } from 'vitest'
import { attention } from '../../../../src/engine/onnx/ops/attention.ts'
import { below, random } from '../../../../src/numbers/random.ts'
import { type Build, checkGradients, floats, forward, graphOf, tensor } from '../gradcheck.ts'

const build: Build = (g, { queries, keys, values, mask }) => [
  attention(g, { queries: queries!, keys: keys!, values: values! }, mask!),
]

/** With a gradient in reach, and in one operation where none will be asked for. */
describe.each([{ learns: true }, { learns: false }])('learns: $learns', how => {
  test('mixes values by the share of exp(q k / sqrt(size))', async () => {
    const two = 2 * Math.log(2) // q k / sqrt(4) = log 2
    const feeds = {
      queries: floats([1, 1, 1, 4], 1, 0, 0, 0),
      keys: floats([1, 1, 3, 4], two, 0, 0, 0, 0, 5, 0, 0, 0, 0, 7, 0),
      values: floats([1, 1, 3, 4], 4, 0, 0, 0, 0, 4, 0, 0, 0, 0, 4, 0),
    }
    const run = (...mask: number[]) =>
      forward({ ...feeds, mask: floats([1, 3], ...mask) }, build, how)
    expect(await run(0, 0, 0)).toEqual([[2, 1, 1, 0].map(y => expect.closeTo(y, 5))])
    expect(await run(-1e9, 0, 0)).toEqual([[0, 2, 2, 0].map(y => expect.closeTo(y, 5))])
  })

  test('is what float64 gives, over random shapes', async () => {
    const draw = random(5, 'shapes')
    for (let round = 0; round < 12; round++) {
      const [B, H, m, n, size] = [3, 2, 5, 6, 4].map(
        most => 1 + below(draw, most),
      ) as unknown as Sizes
      const each = round % 2 === 0
      const feeds = {
        queries: tensor(B, H, m, size),
        keys: tensor(B, H, n, size),
        values: tensor(B, H, n, size),
        mask: each ? tensor(B, 1, m, n) : tensor(m, n),
      }
      const data = Object.values(feeds).map(fed => fed.data) as unknown as Inputs
      const expected = inFloat64(data, [B, H, m, n, size], each)
      expect(await forward(feeds, build, how)).toEqual([expected.map(x => expect.closeTo(x, 5))])
    }
  })
})

type Sizes = readonly [B: number, H: number, m: number, n: number, size: number]
type Inputs = readonly [q: Float32Array, k: Float32Array, v: Float32Array, mask: Float32Array]

function inFloat64([q, k, v, mask]: Inputs, [B, H, m, n, size]: Sizes, each: boolean): number[] {
  const upTo = (count: number): number[] => [...Array(count).keys()]
  return upTo(B * H * m).flatMap(row => {
    const matrix = Math.floor(row / m)
    const first = (each ? Math.floor(matrix / H) * m : 0) + (row % m) // row of the mask
    const shares = upTo(n).map(key => {
      const dot = upTo(size).reduce(
        (sum, d) => sum + q[row * size + d]! * k[(matrix * n + key) * size + d]!,
        0,
      )
      return Math.exp(dot / Math.sqrt(size) + mask[first * n + key]!)
    })
    const total = shares.reduce((a, x) => a + x, 0)
    return upTo(size).map(d =>
      shares.reduce((sum, p, key) => sum + (p / total) * v[(matrix * n + key) * size + d]!, 0),
    )
  })
}

test.each([
  { what: 'one mask', mask: [3, 4] },
  { what: 'a mask of each row', mask: [2, 1, 3, 4] },
])('gradients, $what', async ({ mask }) => {
  const inputs = { keys: tensor(2, 2, 4, 2), values: tensor(2, 2, 4, 2), mask: tensor(...mask) }
  const of = ['queries', 'keys', 'values']
  await checkGradients({ queries: tensor(2, 2, 3, 2), ...inputs }, of, build)
})

test.each([
  { keys: [1, 2, 5, 3], values: [1, 2, 5, 3], mask: [3, 5] },
  { keys: [1, 1, 5, 4], values: [1, 1, 5, 4], mask: [3, 5] },
  { keys: [1, 2, 5, 4], values: [1, 2, 4, 4], mask: [3, 5] },
  { keys: [1, 2, 5, 4], values: [1, 2, 5, 4], mask: [5, 3] },
  { keys: [1, 2, 5, 4], values: [1, 2, 5, 4], mask: [1, 2, 3, 5] },
])('refuses keys $keys, values $values and a mask $mask', shapes => {
  const fed = Object.entries(shapes).map(([name, shape]) => [name, tensor(...shape)])
  const { g, inputs } = graphOf({ queries: tensor(1, 2, 3, 4), ...Object.fromEntries(fed) })
  expect(() => build(g, inputs)).toThrow('attention: got queries [1, 2, 3, 4] and keys')
})
