import { expect, test } from 'vitest'
import { arrangeRows } from '../../../../src/engine/onnx/ops/arrange-rows.ts'
import {
  type Build,
  checkGradients,
  floats,
  forward,
  graphOf,
  integers,
  tensor,
} from '../gradcheck.ts'

const build: Build = (g, { x, there, back }) => [arrangeRows(g, x!, { there: there!, back: back! })]

test('rows stand where they are told to, one of them more than once', async () => {
  const feeds = {
    x: floats([3, 2], 1, 2, 3, 4, 5, 6),
    there: integers([4], 1, 0, 2, 2),
    back: integers([3], 1, 0, 3),
  }
  expect(await forward(feeds, build)).toEqual([[3, 4, 1, 2, 5, 6, 5, 6]])
})

test('gradients come back from where rows went', async () => {
  const feeds = { x: tensor(3, 2), there: integers([3], 2, 0, 1), back: integers([3], 1, 2, 0) }
  await checkGradients(feeds, ['x'], build)
})

test('refuses as many ways back as there are not', () => {
  const { g, inputs } = graphOf({
    x: tensor(3, 2),
    there: integers([2], 0, 1),
    back: integers([2], 0, 1),
  })
  expect(() => build(g, inputs)).toThrow('expected x [R, D], there [N] and back [R]')
})
