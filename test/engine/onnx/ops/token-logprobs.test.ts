import { expect, test } from 'vitest'
import { tokenLogprobs } from '../../../../src/engine/onnx/ops/token-logprobs.ts'
import {
  type Build,
  checkGradients,
  floats,
  forward,
  graphOf,
  integers,
  tensor,
} from '../gradcheck.ts'

const build: Build = (g, { logits, targets }) => {
  const { logprobs, entropies } = tokenLogprobs(g, logits!, targets!)
  return [logprobs, entropies]
}
const alone =
  (i: number): Build =>
  (g, inputs) => [build(g, inputs)[i]!]

test('log-probability of the target and entropy of the row', async () => {
  const logits = floats([2, 3], ...[0.5, 0.25, 0.25].map(p => Math.log(p) + 9), 4, 4, 4)
  const [logprobs, entropies] = await forward({ logits, targets: integers([2, 1], 1, 2) }, build)
  expect(logprobs).toEqual([-Math.log(4), -Math.log(3)].map(v => expect.closeTo(v, 5)))
  expect(entropies).toEqual([1.5 * Math.LN2, Math.log(3)].map(v => expect.closeTo(v, 5)))
})

test('gradients', async () => {
  const feeds = { logits: tensor(3, 5), targets: integers([3, 1], 4, 0, 2) }
  for (const part of [build, alone(0), alone(1)]) await checkGradients(feeds, ['logits'], part)
})

test('refuses another number of targets', () => {
  const { g, inputs } = graphOf({ logits: tensor(3, 5), targets: integers([2, 1], 0, 0) })
  expect(() => build(g, inputs)).toThrow(
    'tokenLogprobs: got logits [3, 5] and targets [2, 1], expected logits [N, V] and targets [N, 1]',
  )
})
