import { expect, test } from 'vitest'
import { concat, repeat, split } from '../../../../src/engine/onnx/ops/pieces.ts'
import {
  type Build,
  bent,
  checkGradients,
  floats,
  forward,
  graphOf,
  integers,
  tensor,
} from '../gradcheck.ts'

const rows: Build = (g, { x, sizes }) => split(g, x!, sizes!, { names: ['N0', 'N1'] })
const columns: Build = (g, { x, sizes }) => split(g, x!, sizes!, { axis: 1, names: ['A', 'B'] })
const beside: Build = (g, { a, b, sizes }) => [
  concat(g, [a!, b!], sizes!, { axis: 1, names: 'both' }),
]

test('cuts rows or columns at the given sizes', async () => {
  const x = floats([3, 2], 1, 2, 3, 4, 5, 6)
  const run = (build: Build, ...sizes: number[]) =>
    forward({ x, sizes: integers([2], ...sizes) }, build)
  expect(await run(rows, 1, 2)).toEqual([
    [1, 2],
    [3, 4, 5, 6],
  ])
  expect(await run(rows, 3, 0)).toEqual([[1, 2, 3, 4, 5, 6], []])
  expect(await run(columns, 1, 1)).toEqual([
    [1, 3, 5],
    [2, 4, 6],
  ])
})

test('puts pieces side by side', async () => {
  const feeds = {
    a: floats([2, 1], 1, 2),
    b: floats([2, 2], 3, 4, 5, 6),
    sizes: integers([2], 1, 2),
  }
  expect(await forward(feeds, beside)).toEqual([[1, 3, 4, 2, 5, 6]])
})

const copies: Build = (g, { x, times }) => [repeat(g, x!, times!, [2, 3, 1, 2])]

test('repeats axes of one', async () => {
  const times = integers([4], 1, 3, 1, 1)
  const feeds = { x: floats([2, 1, 1, 2], 1, 2, 3, 4), times }
  expect(await forward(feeds, copies)).toEqual([[1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4]])
  await checkGradients({ x: tensor(2, 1, 1, 2), times }, ['x'], (g, inputs) =>
    copies(g, inputs).map(y => bent(g, y)),
  )
  const two = { x: tensor(2, 1, 1, 2), times: integers([4], 1, 3, 2, 1) }
  const twice: Build = (g, { x, times }) => [bent(g, repeat(g, x!, times!, [2, 3, 2, 2]))]
  await checkGradients(two, ['x'], twice)
  const { g, inputs } = graphOf({ x: tensor(2, 2, 1, 2), times })
  expect(() => copies(g, inputs)).toThrow(
    'repeat: got x [2, 2, 1, 2] and times [4], expected axes of 1 that become [2, 3, 1, 2]',
  )
})

test('gradients', async () => {
  const feeds = { x: tensor(3, 4), sizes: integers([2], 1, 2) }
  await checkGradients(feeds, ['x'], (g, inputs) => rows(g, inputs).map(y => bent(g, y)))
  const wide = { x: tensor(3, 4), sizes: integers([2], 1, 3) }
  await checkGradients(wide, ['x'], (g, inputs) => columns(g, inputs).map(y => bent(g, y)))
  const two = { a: tensor(3, 2), b: tensor(3, 1), sizes: integers([2], 2, 1) }
  await checkGradients(two, ['a', 'b'], (g, inputs) => beside(g, inputs).map(y => bent(g, y)))
})

test('refuses another number of sizes, pieces that do not fit, and a piece without a gradient', () => {
  const { g, inputs } = graphOf({ x: tensor(3, 2), sizes: integers([3], 1, 1, 1) })
  expect(() => rows(g, inputs)).toThrow(
    'split: got x [3, 2] and sizes [3], expected an axis 0 of x and sizes [2]',
  )
  const other = graphOf({ a: tensor(3, 2), b: tensor(2, 2), sizes: integers([2], 2, 2) })
  expect(() => beside(other.g, other.inputs)).toThrow(
    'concat: got a [3, 2] and b [2, 2], expected pieces alike but for one axis',
  )
  const fine = graphOf({ x: tensor(3, 2), sizes: integers([2], 1, 2) })
  const [first] = rows(fine.g, fine.inputs)
  const seeds = [{ of: first!, gradient: first! }]
  expect(() => fine.g.gradients(seeds, [fine.inputs.x!])).toThrow('a piece has no gradient')
})
