import { expect, test } from 'vitest'
import { softmax } from '../../../../src/engine/onnx/ops/softmax.ts'
import { type Build, checkGradients, floats, forward, tensor } from '../gradcheck.ts'

const build: Build = (g, { x }) => [softmax(g, x!)]

test('each row is the share of exp(x)', async () => {
  const x = floats([2, 3], ...[1, 2, 5].map(Math.log), 1000, 1000, -1e9)
  const [p] = await forward({ x }, build)
  expect(p).toEqual([0.125, 0.25, 0.625, 0.5, 0.5, 0].map(v => expect.closeTo(v, 6)))
})

test('gradients', async () => {
  await checkGradients({ x: tensor(2, 2, 5) }, ['x'], build)
})
