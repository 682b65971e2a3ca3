import { expect, test } from 'vitest'
import { add, addMask } from '../../../../src/engine/onnx/ops/add.ts'
import { type Build, checkGradients, floats, forward, graphOf, tensor } from '../gradcheck.ts'

const sum: Build = (g, { a, b }) => [add(g, a!, b!)]
const masked: Build = (g, { x, mask }) => [addMask(g, x!, mask!)]

test('adds entry by entry', async () => {
  const feeds = { a: floats([2, 2], 1, 2, 3, 4), b: floats([2, 2], 10, 20, 30, 40) }
  expect(await forward(feeds, sum)).toEqual([[11, 22, 33, 44]])
})

test('adds a mask to every matrix of a stack', async () => {
  const feeds = { x: floats([2, 1, 2], 1, 2, 3, 4), mask: floats([1, 2], 0, -5) }
  expect(await forward(feeds, masked)).toEqual([[1, -3, 3, -1]])
})

test('gradients', async () => {
  await checkGradients({ a: tensor(2, 3), b: tensor(2, 3) }, ['a', 'b'], sum)
  await checkGradients({ x: tensor(2, 2, 3), mask: tensor(2, 3) }, ['x'], masked)
})

test('refuses unequal shapes', () => {
  const { g, inputs } = graphOf({ a: tensor(2, 3), b: tensor(3, 2) })
  expect(() => sum(g, inputs)).toThrow('add: got a [2, 3] and b [3, 2], expected two equal shapes')
  const { a: x, b: mask } = inputs
  expect(() => masked(g, { x: x!, mask: mask! })).toThrow(/addMask: .*\[2, 3\] and b \[3, 2\]/)
})
