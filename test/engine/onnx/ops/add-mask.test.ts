import { expect, test } from 'vitest'
import { addMask } from '../../../../src/engine/onnx/ops/add-mask.ts'
import { type Build, checkGradients, floats, forward, graphOf, tensor } from '../gradcheck.ts'

const build: Build = (g, { x, mask }) => [addMask(g, x!, mask!)]

test('adds a mask to every matrix of a stack', async () => {
  const feeds = { x: floats([2, 1, 2], 1, 2, 3, 4), mask: floats([1, 2], 0, -5) }
  expect(await forward(feeds, build)).toEqual([[1, -3, 3, -1]])
})

test('one mask for all of an axis', async () => {
  const feeds = { x: floats([2, 2, 1], 1, 2, 3, 4), mask: floats([2, 1, 1], 10, 20) }
  expect(await forward(feeds, build)).toEqual([[11, 12, 23, 24]])
  await checkGradients({ x: tensor(2, 2, 3), mask: tensor(2, 1, 3) }, ['x'], build)
})

test('gradients', async () => {
  await checkGradients({ x: tensor(2, 2, 3), mask: tensor(2, 3) }, ['x'], build)
})

test('refuses a mask of another shape', () => {
  const { g, inputs } = graphOf({ x: tensor(4, 2, 3), mask: tensor(3, 2) })
  expect(() => build(g, inputs)).toThrow(
    'addMask: got x [4, 2, 3] and mask [3, 2], expected a mask of the last axes',
  )
})
