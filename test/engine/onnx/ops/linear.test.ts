import { expect, test } from 'vitest'
import { linear } from '../../../../src/engine/onnx/ops/linear.ts'
import { type Build, checkGradients, floats, forward, graphOf, tensor } from '../gradcheck.ts'

const build: Build = (g, { x, weight, bias }) => [linear(g, x!, weight!, bias)]

test('multiplies by the transposed weight and adds the bias', async () => {
  const x = floats([2, 3], 1, 2, 3, 4, 5, 6)
  const weight = floats([2, 3], 1, 0, 0, 1, 1, 1)
  expect(await forward({ x, weight }, build)).toEqual([[1, 6, 4, 15]])
  const bias = floats([2], 0.5, -1)
  expect(await forward({ x, weight, bias }, build)).toEqual([[1.5, 5, 4.5, 14]])
})

test('gradients', async () => {
  const feeds = { x: tensor(4, 3), weight: tensor(2, 3), bias: tensor(2) }
  await checkGradients(feeds, ['x', 'weight', 'bias'], build)
  await checkGradients({ x: tensor(4, 3), weight: tensor(2, 3) }, ['x', 'weight'], build)
})

test('refuses sizes that do not meet', () => {
  const { g, inputs } = graphOf({ x: tensor(4, 3), weight: tensor(2, 4), bias: tensor(3) })
  expect(() => build(g, inputs)).toThrow(
    'linear: got x [4, 3] and weight [2, 4], expected x [T, in] and weight [out, in]',
  )
  const fitting = graphOf({ x: tensor(4, 3), weight: tensor(2, 3), bias: tensor(3) })
  expect(() => build(fitting.g, fitting.inputs)).toThrow(/linear: .*\[4, 2\] and bias \[3\]/)
})
