import { expect, test } from 'vitest'
import { split } from '../../../../src/engine/onnx/ops/split.ts'
import { type Build, checkGradients, floats, forward, graphOf, tensor } from '../gradcheck.ts'

const build: Build = (g, { x }) => split(g, x!, [2, 1])

test('cuts columns', async () => {
  const x = floats([2, 3], 1, 2, 3, 4, 5, 6)
  expect(await forward({ x }, build)).toEqual([
    [1, 2, 4, 5],
    [3, 6],
  ])
})

test('gradients', async () => {
  await checkGradients({ x: tensor(3, 3) }, ['x'], build)
})

test('refuses widths that do not add up, and gradients of some parts only', () => {
  const { g, inputs } = graphOf({ x: tensor(3, 4) })
  expect(() => build(g, inputs)).toThrow('split: got x [3, 4], expected [T, 3] for widths 2 + 1')
  const [first] = split(g, inputs.x!, [1, 3])
  const seeds = [{ of: first!, gradient: first! }]
  expect(() => g.gradients(seeds, [inputs.x!])).toThrow('split: got x [3, 4], expected a gradient')
})
