import { expect, onTestFinished, test } from 'vitest'
import { packInt8 } from '../../../../src/engine/hf/packed.ts'
import { exactBytes } from '../../../../src/engine/onnx/exact-bytes.ts'
import { Graph } from '../../../../src/engine/onnx/graph.ts'
import { byteProduct, roundRows } from '../../../../src/engine/onnx/ops/byte-product.ts'
import { openSession } from '../../../../src/engine/onnx/session.ts'
import { normal, random } from '../../../../src/numbers/random.ts'

const [size, out] = [96, 40]

/** Rows through a matrix [out, size], both in bytes. */
async function opened(weight: Float32Array, threads = 1) {
  const g = new Graph('cpu', { learns: false })
  const { data, scales } = packInt8(weight, out)
  const turned = new Int8Array(data.length)
  for (let o = 0; o < out; o++)
    for (let i = 0; i < size; i++) turned[i * out + o] = data[o * size + i]!
  const x = g.input('x', 'float32', ['T', size])
  const y = byteProduct(g, roundRows(g, x), {
    bytes: g.fixedBytes('w', [size, out], turned),
    steps: g.fixed('w:steps', [out], scales),
  })
  const session = await openSession(g.build({ y }), { threads })
  onTestFinished(() => session.close())
  return async (x: Float32Array): Promise<Float32Array> => {
    const fed = { x: { data: x, shape: [x.length / size, size] } }
    return (await session.run(fed)).y!.slice()
  }
}

function numbers(count: number, name: string): Float32Array {
  const draw = random(1, name)
  return Float32Array.from({ length: count }, () => normal(draw) * (draw() < 0.1 ? 5 : 1))
}

test.skipIf(!(await exactBytes()))(
  'it is the product of what both sides are rounded to, the largest of a row being 127 steps',
  async () => {
    const [x, weight] = [numbers(3 * size, 'x'), numbers(out * size, 'w')]
    const rounded = (values: Float32Array): number[] => {
      const step = Math.max(...values.map(Math.abs)) / 127
      return Array.from(values, value => Math.round(value / step) * step)
    }
    const found = await (await opened(weight))(x)
    let error = 0
    for (let t = 0; t < 3; t++) {
      const row = rounded(x.subarray(t * size, (t + 1) * size))
      for (let o = 0; o < out; o++) {
        const column = rounded(weight.subarray(o * size, (o + 1) * size))
        const sum = row.reduce((all, value, i) => all + value * column[i]!, 0)
        expect(found[t * out + o]).toBeCloseTo(sum, 3)
        const exact = row.reduce((all, _, i) => all + x[t * size + i]! * weight[o * size + i]!, 0)
        error = Math.max(error, Math.abs(found[t * out + o]! - exact))
      }
    }
    expect(error).toBeGreaterThan(1e-3) // it does round
  },
)

test.each([1, 2])(
  'a row comes out the same beside any others, to the last bit: %d threads',
  async threads => {
    const run = await opened(numbers(out * size, 'w'), threads)
    const x = numbers(130 * size, 'rows')
    const all = await run(x)
    for (const [from, to] of [
      [0, 1],
      [7, 9],
      [3, 35],
      [64, 130],
      [129, 130],
    ] as const) {
      const some = await run(x.slice(from * size, to * size))
      expect(some).toEqual(all.slice(from * out, to * out))
    }
    const beside = x.slice(0, 2 * size)
    beside.fill(1e6, size) // a neighbour that would take the steps of both
    expect((await run(beside)).slice(0, out)).toEqual(all.slice(0, out))
  },
)

test('a row of zeros gives zeros, and what is not finite gives nothing that is', async () => {
  const weight = numbers(out * size, 'w')
  const run = await opened(weight)
  expect([...(await run(new Float32Array(size)))]).toEqual(Array(out).fill(0))
  const damaged = numbers(size, 'x').fill(Number.NaN)
  expect((await run(damaged)).some(Number.isFinite)).toBe(false)
  weight[3] = Number.NaN
  const [first, ...rest] = await (await opened(weight))(numbers(size, 'x'))
  expect([first, rest.every(Number.isFinite)]).toEqual([Number.NaN, true])
})

test('the largest bytes tell whether products are exact: on ARM always; other devices are not asked', async () => {
  if (process.arch === 'arm64') expect(await exactBytes()).toBe(true)
  expect(await exactBytes('webgpu')).toBe(false)
  expect(await exactBytes('cuda')).toBe(false)
})
