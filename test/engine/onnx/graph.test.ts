import { describe, expect, test } from 'vitest'
import { Graph } from '../../../src/engine/onnx/graph.ts'
import { add } from '../../../src/engine/onnx/ops/add.ts'
import { linear } from '../../../src/engine/onnx/ops/linear.ts'
import { softmax } from '../../../src/engine/onnx/ops/softmax.ts'
import { EngineError } from '../../../src/errors.ts'
import { type Build, checkGradients, floats, forward, graphOf, tensor } from './gradcheck.ts'

describe('gradients', () => {
  test('a value used twice gets both', async () => {
    const twice: Build = (g, { x }) => [add(g, x!, x!)]
    await checkGradients({ x: tensor(2, 3) }, ['x'], twice)
    const apart: Build = (g, { x, w }) => {
      const h = linear(g, x!, w!)
      return [add(g, softmax(g, h), linear(g, h, w!)), softmax(g, x!)]
    }
    await checkGradients({ x: tensor(2, 3), w: tensor(3, 3) }, ['x', 'w'], apart)
  })

  test('two seeds of one value add up', async () => {
    const build: Build = (g, { x, dy }) => {
      const y = add(g, x!, x!)
      const seeds = [dy!, dy!].map(gradient => ({ of: y, gradient }))
      return g.gradients(seeds, [x!])
    }
    const feeds = { x: tensor(2), dy: floats([2], 1, 10) }
    expect(await forward(feeds, build)).toEqual([[4, 40]])
  })

  test('a branch that no seed reaches is left out', async () => {
    const build: Build = (g, { x, dy }) => {
      const y = add(g, x!, x!)
      softmax(g, y)
      return g.gradients([{ of: y, gradient: dy! }], [x!])
    }
    const feeds = { x: tensor(2), dy: floats([2], 1, 10) }
    expect(await forward(feeds, build)).toEqual([[2, 20]])
  })

  test('of what nothing depends on', () => {
    const { g, inputs } = graphOf({ x: tensor(2), other: tensor(2) })
    const y = softmax(g, inputs.x!)
    const asked = () => g.gradients([{ of: y, gradient: inputs.x! }], [inputs.other!])
    expect(asked).toThrow(new EngineError('gradients: nothing depends on other'))
  })
})

test('equal constants are one, unequal ones and other types are not', () => {
  const g = new Graph()
  expect(g.integers([1, -2])).toBe(g.integers([1, -2]))
  expect(g.scalar(2)).toBe(g.scalar(2))
  const all = [
    g.integers([1, 2]),
    g.integers([12]),
    g.integers([2]),
    g.integers([]),
    g.scalar(2),
    g.scalar(12),
  ]
  expect(new Set(all.map(value => value.name)).size).toBe(all.length)
})

test('names of intermediate values become the names asked for', async () => {
  const build: Build = (g, { x }) => {
    const y = softmax(g, x!)
    return [y, add(g, y, y)] // an output that other nodes read
  }
  expect(await forward({ x: floats([2], 3, 3) }, build)).toEqual([
    [0.5, 0.5],
    [1, 1],
  ])
})

test('one value under two names is refused', () => {
  const { g, inputs } = graphOf({ x: tensor(2) })
  const y = softmax(g, inputs.x!)
  expect(() => g.build({ a: y, b: y })).toThrow(EngineError)
  expect(() => g.build({ a: y, b: y })).toThrow('build: one value under two output names')
})
