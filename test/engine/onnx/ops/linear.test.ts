import { expect, test } from 'vitest'
import { linear } from '../../../../src/engine/onnx/ops/linear.ts'
import { type Build, checkGradients, floats, forward, graphOf, tensor } from '../gradcheck.ts'

const build: Build = (g, { x, weight, c }) => [linear(g, x!, weight!, c)]

test('multiplies by the transposed weight and adds a bias or a matrix', async () => {
  const x = floats([2, 3], 1, 2, 3, 4, 5, 6)
  const weight = floats([2, 3], 1, 0, 0, 1, 1, 1)
  expect(await forward({ x, weight }, build)).toEqual([[1, 6, 4, 15]])
  const bias = floats([2], 0.5, -1)
  expect(await forward({ x, weight, c: bias }, build)).toEqual([[1.5, 5, 4.5, 14]])
  const residual = floats([2, 2], 10, 20, 30, 40)
  expect(await forward({ x, weight, c: residual }, build)).toEqual([[11, 26, 34, 55]])
})

test('gradients', async () => {
  const feeds = { x: tensor(4, 3), weight: tensor(2, 3) }
  await checkGradients(feeds, ['x', 'weight'], build)
  await checkGradients({ ...feeds, c: tensor(2) }, ['x', 'weight', 'c'], build)
  await checkGradients({ ...feeds, c: tensor(4, 2) }, ['x', 'weight', 'c'], build)
})

test('refuses sizes that do not meet', () => {
  const { g, inputs } = graphOf({ x: tensor(4, 3), weight: tensor(2, 4) })
  expect(() => build(g, inputs)).toThrow(
    'linear: got x [4, 3] and weight [2, 4], expected x [T, in] and weight [out, in]',
  )
})

test.each([[[3]], [[3, 2]], [[4, 3]]])('refuses to add %j', shape => {
  const { g, inputs } = graphOf({ x: tensor(4, 3), weight: tensor(2, 3), c: tensor(...shape) })
  expect(() => build(g, inputs)).toThrow(
    `linear: got c [${shape.join(', ')}] and weight [2, 3], expected [2] or [4, 2] to add`,
  )
})
