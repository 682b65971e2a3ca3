import { expect, test } from 'vitest'
import { lowRank } from '../../../../src/engine/onnx/ops/low-rank.ts'
import { type Build, checkGradients, floats, forward, graphOf, tensor } from '../gradcheck.ts'

const build: Build = (g, { base, x, down, up }) => [
  lowRank(g, base!, x!, { down: down!, up: up!, scale: 0.5 }),
]

test('adds the scaled low-rank product', async () => {
  const feeds = {
    base: floats([1, 2], 10, 20),
    x: floats([1, 3], 1, 2, 3),
    down: floats([1, 3], 1, 0, 1), // x A^T = 4
    up: floats([2, 1], 1, -1),
  }
  expect(await forward(feeds, build)).toEqual([[12, 18]])
})

test('gradients', async () => {
  const feeds = { base: tensor(2, 4), x: tensor(2, 3), down: tensor(2, 3), up: tensor(4, 2) }
  await checkGradients(feeds, ['base', 'x', 'down', 'up'], build)
})

test('refuses sizes that do not meet', () => {
  const feeds = { base: tensor(2, 4), x: tensor(2, 3), down: tensor(2, 3), up: tensor(4, 1) }
  const { g, inputs } = graphOf(feeds)
  expect(() => build(g, inputs)).toThrow('lowRank: got base [2, 4] and x [2, 3] and down [2, 3]')
})
