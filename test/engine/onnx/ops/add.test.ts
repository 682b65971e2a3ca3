import { expect, test } from 'vitest'
import { add } from '../../../../src/engine/onnx/ops/add.ts'
import { type Build, checkGradients, floats, forward, graphOf, tensor } from '../gradcheck.ts'

const build: Build = (g, { a, b }) => [add(g, a!, b!)]

test('adds element by element', async () => {
  const [y] = await forward({ a: floats([1, 2], 1, 2), b: floats([1, 2], 10, -2) }, build)
  expect(y).toEqual([11, 0])
})

test('gradients, of one value added to itself too', async () => {
  await checkGradients({ a: tensor(3, 4), b: tensor(3, 4) }, ['a', 'b'], build)
  await checkGradients({ a: tensor(3, 4) }, ['a'], (g, { a }) => [add(g, a!, a!)])
})

test('refuses unequal shapes', () => {
  const { g, inputs } = graphOf({ a: tensor(3, 4), b: tensor(4) })
  expect(() => build(g, inputs)).toThrow('add: got a [3, 4] and b [4], expected two equal shapes')
})
