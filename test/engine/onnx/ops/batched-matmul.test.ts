import { describe, expect, test } from 'vitest'
import { batchedMatmul } from '../../../../src/engine/onnx/ops/batched-matmul.ts'
import { type Build, checkGradients, floats, forward, graphOf, tensor } from '../gradcheck.ts'

const plain: Build = (g, { a, b }) => [batchedMatmul(g, a!, b!, { scale: 0.5 })]
const turned: Build = (g, { a, b }) => [batchedMatmul(g, a!, b!, { transB: true, scale: 0.5 })]

test('multiplies each pair of a stack, times the factor', async () => {
  const a = floats([2, 1, 2], 1, 2, 3, 4)
  const b = floats([2, 2, 2], 1, 10, 100, 1000, 2, 4, 6, 8)
  expect(await forward({ a, b }, plain)).toEqual([[100.5, 1005, 15, 22]])
  expect(await forward({ a, b }, turned)).toEqual([[10.5, 1050, 11, 25]])
})

describe('gradients', () => {
  test.each([
    { side: 'as it is', build: plain, b: tensor(2, 2, 4, 3) },
    { side: 'transposed', build: turned, b: tensor(2, 2, 3, 4) },
  ])('right side $side', async ({ build, b }) => {
    await checkGradients({ a: tensor(2, 2, 3, 4), b }, ['a', 'b'], build)
  })
})

test('one right side for several left ones', async () => {
  const a = floats([2, 1, 2], 1, 2, 3, 4)
  expect(await forward({ a, b: floats([1, 2, 1], 10, 1) }, plain)).toEqual([[6, 17]])
  const one = { a: tensor(2, 2, 3, 2, 4), b: tensor(2, 1, 3, 4, 2) }
  await checkGradients(one, ['a', 'b'], plain)
  await checkGradients({ ...one, b: tensor(2, 1, 3, 2, 4) }, ['a', 'b'], turned)
})

test.each([
  { a: [2, 3, 4], b: [2, 3, 4] },
  { a: [2, 3, 4], b: [3, 4, 5] },
  { a: [2, 3, 4], b: [4, 5] },
])('refuses $a with $b', ({ a, b }) => {
  const { g, inputs } = graphOf({ a: tensor(...a), b: tensor(...b) })
  expect(() => plain(g, inputs)).toThrow(
    `batchedMatmul: got a [${a.join(', ')}] and b [${b.join(', ')}], expected`,
  )
})
