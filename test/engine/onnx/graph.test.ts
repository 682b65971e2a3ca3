import { describe, expect, test } from 'vitest'
import { Graph, type Value } from '../../../src/engine/onnx/graph.ts'
import { linear } from '../../../src/engine/onnx/ops/linear.ts'
import { swiglu } from '../../../src/engine/onnx/ops/swiglu.ts'
import { EngineError } from '../../../src/errors.ts'
import { type Build, bent, checkGradients, floats, forward, graphOf, tensor } from './gradcheck.ts'

describe('gradients', () => {
  test('a value used twice gets both', async () => {
    const twice: Build = (g, { x }) => [swiglu(g, x!, x!)]
    await checkGradients({ x: tensor(2, 3) }, ['x'], twice)
    const apart: Build = (g, { x, w }) => {
      const h = linear(g, x!, w!, x!)
      return [linear(g, bent(g, h), w!, h), bent(g, x!)]
    }
    await checkGradients({ x: tensor(2, 3), w: tensor(3, 3) }, ['x', 'w'], apart)
  })

  const feeds = { x: tensor(1, 2), one: floats([2, 2], 1, 0, 0, 1), dy: floats([1, 2], 1, 10) }

  test('two seeds of one value add up', async () => {
    const build: Build = (g, { x, one, dy }) => {
      const y = linear(g, x!, one!)
      const seeds = [dy!, dy!].map(gradient => ({ of: y, gradient }))
      return g.gradients(seeds, [x!])
    }
    expect(await forward(feeds, build)).toEqual([[2, 20]])
  })

  test('a branch that no seed reaches is left out', async () => {
    const build: Build = (g, { x, one, dy }) => {
      const y = linear(g, x!, one!)
      bent(g, y)
      return g.gradients([{ of: y, gradient: dy! }], [x!])
    }
    expect(await forward(feeds, build)).toEqual([[1, 10]])
  })

  test('of what nothing depends on', () => {
    const { g, inputs } = graphOf({ x: tensor(2), other: tensor(2) })
    const y = bent(g, inputs.x!)
    const asked = () => g.gradients([{ of: y, gradient: inputs.x! }], [inputs.other!])
    expect(asked).toThrow(new EngineError('gradients: nothing depends on other'))
  })
})

describe('a part that is computed again', () => {
  const block = (g: Graph, x: Value, w: Value): Value =>
    linear(g, swiglu(g, linear(g, x, w), linear(g, x, w)), w, x)
  const small = (...shape: number[]) => {
    const { data } = tensor(...shape)
    return floats(shape, ...data.map(value => value / 4))
  }
  const feeds = { x: small(2, 3), w: small(3, 3), v: small(3, 3) }
  const plain: Build = (g, { x, w, v }) => [block(g, block(g, x!, w!), v!)]
  const again: Build = (g, { x, w, v }) => {
    const first = g.recomputed(x!, h => block(g, h, w!))
    return [g.recomputed(first, h => block(g, h, v!))]
  }

  test('gradients, of what goes in and of what is used inside', async () => {
    expect(await forward(feeds, again)).toEqual(await forward(feeds, plain))
    await checkGradients(feeds, ['x', 'w', 'v'], again)
  })

  test('parts within parts', async () => {
    const nested: Build = (g, { x, w, v }) => [
      g.recomputed(x!, h =>
        block(
          g,
          g.recomputed(h, i => block(g, i, w!)),
          v!,
        ),
      ),
    ]
    await checkGradients(feeds, ['x', 'w', 'v'], nested)
  })
})

test('nodes that no output needs are left out', () => {
  const { g, inputs } = graphOf({ x: tensor(2, 3), w: tensor(3, 3) })
  const y = linear(g, inputs.x!, inputs.w!)
  const size = g.build({ y }).length
  g.gradients([{ of: y, gradient: y }], [inputs.x!, inputs.w!])
  expect(g.build({ y }).length).toBe(size)
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

test('an output may be read by other nodes too', async () => {
  const build: Build = (g, { x }) => {
    const y = bent(g, x!)
    return [y, bent(g, y)]
  }
  const half = [0.5, 0.5]
  expect(await forward({ x: floats([2], 3, 3) }, build)).toEqual([half, half])
})

test('one value under two names is refused', () => {
  const { g, inputs } = graphOf({ x: tensor(2) })
  const y = bent(g, inputs.x!)
  expect(() => g.build({ a: y, b: y })).toThrow(EngineError)
  expect(() => g.build({ a: y, b: y })).toThrow('build: one value under two output names')
})

// The library frees memory by this order; a peak is measured in docs/sizes.md.
test('nodes that no other reads come last in the file, the first made at the very end', () => {
  const g = new Graph()
  const x = g.input('x', 'float32', [2])
  const [first, inner, second] = ['Neg', 'Abs', 'Exp'].map(op => g.node(op, [x], [2]))
  const third = g.node('Neg', [inner!], [2])
  const file = Buffer.from(g.build({ a: first!, b: second!, c: third }))
  const nodes = ['Abs:t1', 'Neg:c', 'Exp:b', 'Neg:a'].map(name => file.indexOf(name))
  expect(nodes).toEqual(nodes.toSorted((a, b) => a - b))
  expect(nodes[0]).toBeGreaterThan(0)
})
