import { expect, test } from 'vitest'
import { rmsNorm } from '../../../../src/engine/onnx/ops/rms-norm.ts'
import { type Build, checkGradients, floats, forward, graphOf, tensor } from '../gradcheck.ts'

const build: Build = (g, { x, weight }) => [rmsNorm(g, x!, weight!, 1e-6)]

test('divides each row by its root mean square', async () => {
  const x = floats([2, 2], 1, 7, -3, 3) // root mean squares 5 and 3
  const [y] = await forward({ x, weight: floats([2], 1, 10) }, build)
  expect(y).toEqual([0.2, 14, -1, 10].map(v => expect.closeTo(v, 5)))
})

test('epsilon keeps a row of zeros finite', async () => {
  const zeros = { x: floats([1, 2], 0, 0), weight: floats([2], 1, 1) }
  expect(await forward(zeros, build)).toEqual([[0, 0]])
  const large: Build = (g, { x, weight }) => [rmsNorm(g, x!, weight!, 3)]
  const [y] = await forward({ ...zeros, x: floats([1, 2], 1, 1) }, large)
  expect(y).toEqual([0.5, 0.5])
})

test('gradients', async () => {
  await checkGradients({ x: tensor(3, 4), weight: tensor(4) }, ['x', 'weight'], build)
})

test('each vector of more axes is a row of its own', async () => {
  const x = floats([1, 2, 1, 2], 1, 7, -3, 3)
  const [y] = await forward({ x, weight: floats([2], 1, 10) }, build)
  expect(y).toEqual([0.2, 14, -1, 10].map(v => expect.closeTo(v, 5)))
  await checkGradients({ x: tensor(2, 3, 2, 4), weight: tensor(4) }, ['x', 'weight'], build)
})

test('refuses a weight of another size', () => {
  const { g, inputs } = graphOf({ x: tensor(3, 4), weight: tensor(3) })
  expect(() => build(g, inputs)).toThrow(
    'rmsNorm: got x [3, 4] and weight [3], expected x [..., D] and weight [D]',
  )
})
