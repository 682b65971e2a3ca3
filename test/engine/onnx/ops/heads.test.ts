import { expect, test } from 'vitest'
import { mergeHeads, regroup, reshape, splitHeads } from '../../../../src/engine/onnx/ops/heads.ts'
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

const layout = integers([4], 2, 3, -1, 2) // two rows of three tokens, heads of two numbers
const split: Build = (g, inputs) => [
  splitHeads(g, inputs.x!, inputs.layout!, { heads: 4, size: 2 }),
]
const merge: Build = (g, inputs) => [mergeHeads(g, inputs.x!, inputs.layout!)]
const twoAxes: Build = (g, { x, to, from }) => [
  reshape(g, x!, { to: to!, from: from!, shape: ['A', 2, 'C'] }),
]
const group: Build = (g, { x }) => [regroup(g, x!, 2, '2S')]

test('splits tokens into heads', async () => {
  const x = floats([2, 4], 1, 2, 3, 4, 5, 6, 7, 8) // one row: tokens (1 2 | 3 4) and (5 6 | 7 8)
  const feeds = { x, layout: integers([4], 1, 2, -1, 2) }
  const heads: Build = (g, inputs) => [
    splitHeads(g, inputs.x!, inputs.layout!, { heads: 2, size: 2 }),
  ]
  expect(await forward(feeds, heads)).toEqual([[1, 2, 5, 6, 3, 4, 7, 8]])
})

test('merging undoes splitting', async () => {
  const x = tensor(6, 8)
  const both: Build = (g, inputs) => merge(g, { ...inputs, x: split(g, inputs)[0]! })
  expect(await forward({ x, layout }, both)).toEqual([Array.from(x.data)])
})

test('regrouping puts heads of a group below each other, in the order they lie', async () => {
  const x = tensor(2, 4, 3, 2)
  const shape: Build = (g, inputs) => {
    const y = group(g, inputs)[0]!
    expect(y.shape).toEqual([2, 2, '2S', 2])
    return [g.node('Cast', [g.node('Shape', [y], [4])], [4], { attributes: { to: 1 } }), y]
  }
  const [sizes, values] = await forward({ x }, shape)
  expect(sizes).toEqual([2, 2, 6, 2])
  expect(values).toEqual(Array.from(x.data))
})

test('regrouping into as many groups changes nothing', () => {
  const { g, inputs } = graphOf({ x: tensor(2, 4, 3, 2) })
  expect(regroup(g, inputs.x!, 4, 'S')).toBe(inputs.x)
})

test('gradients', async () => {
  await checkGradients({ x: tensor(6, 8), layout }, ['x'], split)
  await checkGradients({ x: tensor(2, 4, 3, 2), layout }, ['x'], merge)
  await checkGradients({ x: tensor(2, 4, 3, 2) }, ['x'], group)
  const axes = { to: integers([3], 3, 2, -1), from: integers([2], 6, 4) }
  await checkGradients({ x: tensor(6, 4), ...axes }, ['x'], (g, inputs) => [
    bent(g, twoAxes(g, inputs)[0]!),
  ])
})

test('refuses other shapes', () => {
  const { g, inputs } = graphOf({ x: tensor(6, 7), layout })
  expect(() => split(g, inputs)).toThrow('splitHeads: got x [6, 7], expected [T, 4 * 2]')
  expect(() => merge(g, inputs)).toThrow('mergeHeads: got x [6, 7], expected [B, heads, S, size]')
  expect(() => group(g, inputs)).toThrow('regroup: got x [6, 7], expected [B, heads, S, size]')
})
