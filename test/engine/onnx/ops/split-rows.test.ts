import { expect, test } from 'vitest'
import { softmax } from '../../../../src/engine/onnx/ops/softmax.ts'
import { splitRows } from '../../../../src/engine/onnx/ops/split-rows.ts'
import {
  type Build,
  checkGradients,
  floats,
  forward,
  graphOf,
  integers,
  tensor,
} from '../gradcheck.ts'

const build: Build = (g, { x, sizes }) => splitRows(g, x!, sizes!, { parts: 2 })

test('cuts rows at the given sizes', async () => {
  const x = floats([3, 2], 1, 2, 3, 4, 5, 6)
  const run = (...sizes: number[]) => forward({ x, sizes: integers([2], ...sizes) }, build)
  expect(await run(1, 2)).toEqual([
    [1, 2],
    [3, 4, 5, 6],
  ])
  expect(await run(3, 0)).toEqual([[1, 2, 3, 4, 5, 6], []])
})

test('gradients', async () => {
  const feeds = { x: tensor(3, 2), sizes: integers([2], 1, 2) }
  await checkGradients(feeds, ['x'], (g, inputs) => build(g, inputs).map(y => softmax(g, y)))
})

test('refuses another number of sizes, and a piece without a gradient', () => {
  const { g, inputs } = graphOf({ x: tensor(3, 2), sizes: integers([3], 1, 1, 1) })
  expect(() => build(g, inputs)).toThrow(
    'splitRows: got x [3, 2] and sizes [3], expected x [N, ...] and sizes [2]',
  )
  const fine = graphOf({ x: tensor(3, 2), sizes: integers([2], 1, 2) })
  const [first] = build(fine.g, fine.inputs)
  const seeds = [{ of: first!, gradient: first! }]
  expect(() => fine.g.gradients(seeds, [fine.inputs.x!])).toThrow('a piece has no gradient')
})
