import { describe, expect, test } from 'vitest'
import { rotary } from '../../../../src/engine/onnx/ops/rotary.ts'
import {
  type Build,
  checkGradients,
  floats,
  forward,
  graphOf,
  integers,
  tensor,
} from '../gradcheck.ts'

const size = 8
const angles = [0, 1, 2, 3].flatMap(p => [0.9, 0.5, 0.2, 0.1].map(frequency => p * frequency))
const cos = floats([4, 4], ...angles.map(Math.cos))
const sin = floats([4, 4], ...angles.map(Math.sin))
const build: Build = (g, { x, ...tables }) => [
  rotary(g, x!, tables as unknown as Parameters<typeof rotary>[2]),
]

/** The pair (x[i], x[i + size / 2]) turned by position * frequency[i]. */
function turned(x: Float32Array, positionOf: (vector: number) => number): number[] {
  return Array.from(x, (value, at) => {
    const vector = Math.floor(at / size)
    const i = at % size
    const angle = angles[positionOf(vector) * 4 + (i % 4)]!
    const partner = x[vector * size + ((i + 4) % size)]!
    return value * Math.cos(angle) + (i < 4 ? -partner : partner) * Math.sin(angle)
  })
}

describe('turns each pair by its angle', () => {
  const x = tensor(2, 3, 2, size) // two rows, three heads, two tokens
  test.each([
    { what: 'one first position', positions: integers([1], 1), at: (v: number) => 1 + (v % 2) },
    {
      what: 'a position for each token',
      positions: integers([2, 2], 0, 3, 2, 1),
      at: (v: number) => [0, 3, 2, 1][Math.floor(v / 6) * 2 + (v % 2)]!,
    },
  ])('$what', async ({ positions, at }) => {
    const [y] = await forward({ x, positions, cos, sin }, build)
    expect(y).toEqual(turned(x.data, at).map(v => expect.closeTo(v, 5)))
  })
})

test('gradients', async () => {
  const x = tensor(2, 1, 2, size)
  await checkGradients({ x, positions: integers([1], 1), cos, sin }, ['x'], build)
  await checkGradients({ x, positions: integers([2, 2], 0, 3, 2, 1), cos, sin }, ['x'], build)
})

test('refuses tables of another size', () => {
  const { g, inputs } = graphOf({ x: tensor(2, 1, 2, 6), positions: integers([1], 0), cos, sin })
  expect(() => build(g, inputs)).toThrow(/^rotary: got x \[2, 1, 2, 6\] and cos \[4, 4\]/)
})
