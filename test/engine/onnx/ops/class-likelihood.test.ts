import { expect, test } from 'vitest'
import { classLikelihood } from '../../../../src/engine/onnx/ops/class-likelihood.ts'
import { type Build, checkGradients, floats, forward, graphOf, tensor } from '../gradcheck.ts'

const build: Build = (g, { logits, targets }) => [classLikelihood(g, logits!, targets!)]

test('log-likelihood of one class, of a mixture, of nothing', async () => {
  const logits = [0.5, 0.25, 0.25].map(p => Math.log(p) + 3)
  const targets = floats([3, 3], 0, 1, 0, 0.5, 0.5, 0, 0, 0, 0)
  const [y] = await forward(
    { logits: floats([3, 3], ...logits, ...logits, ...logits), targets },
    build,
  )
  const expected = [-Math.log(4), -(Math.log(2) + Math.log(4)) / 2, 0]
  expect(y).toEqual(expected.map(value => expect.closeTo(value, 5)))
})

test('gradients, also where targets do not add up to 1', async () => {
  const targets = floats([2, 3], 0, 1, 0, 0.2, 0.3, 0.1)
  await checkGradients({ logits: tensor(2, 3), targets }, ['logits'], build)
})

test('refuses targets of another shape', () => {
  const { g, inputs } = graphOf({ logits: tensor(2, 3), targets: tensor(2, 2) })
  expect(() => build(g, inputs)).toThrow(
    'classLikelihood: got logits [2, 3] and targets [2, 2], expected logits [N, C] and targets [N, C]',
  )
})
