import { expect, test } from 'vitest'
import { swiglu } from '../../../../src/engine/onnx/ops/swiglu.ts'
import { type Build, checkGradients, floats, forward, graphOf, tensor } from '../gradcheck.ts'

const build: Build = (g, { gate, up }) => [swiglu(g, gate!, up!)]

test('gate * sigmoid(gate) * up', async () => {
  const gate = floats([1, 3], Math.log(3), 0, -Math.log(3)) // sigmoids 3/4, 1/2, 1/4
  const [y] = await forward({ gate, up: floats([1, 3], 2, 7, -4) }, build)
  expect(y).toEqual([1.5 * Math.log(3), 0, Math.log(3)].map(v => expect.closeTo(v, 5)))
})

test('gradients', async () => {
  await checkGradients({ gate: tensor(3, 4), up: tensor(3, 4) }, ['gate', 'up'], build)
})

test('refuses unequal shapes', () => {
  const { g, inputs } = graphOf({ gate: tensor(3, 4), up: tensor(3, 5) })
  expect(() => build(g, inputs)).toThrow(
    'swiglu: got gate [3, 4] and up [3, 5], expected two equal shapes',
  )
})
