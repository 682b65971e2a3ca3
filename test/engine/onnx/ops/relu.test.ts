import { expect, test } from 'vitest'
import { relu } from '../../../../src/engine/onnx/ops/relu.ts'
import { type Build, checkGradients, floats, forward } from '../gradcheck.ts'

const build: Build = (g, { x }) => [relu(g, x!)]

test('keeps what is above 0', async () => {
  const [y] = await forward({ x: floats([2, 2], -3, 0, 0.5, 7) }, build)
  expect(y).toEqual([0, 0, 0.5, 7])
})

test('gradients', async () => {
  const x = floats([2, 3], -3, -0.1, 0.1, 2, -1, 5) // away from the kink, where differences say nothing
  await checkGradients({ x }, ['x'], build)
})
