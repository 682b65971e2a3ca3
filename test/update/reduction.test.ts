import { expect, test } from 'vitest'
import { tokenWeights } from '../../src/update/reduction.ts'
import { input } from './example-batch.ts'

const two = [input([-1, -1, -1], [-1, -1, -1], [1, 1, 1]), input([-1], [-1], [1])]

test.each([
  ['token-mean', [1 / 4, 1 / 4]],
  ['sequence-mean', [1 / 6, 1 / 2]],
  [{ maxTokens: 10 }, [1 / 20, 1 / 20]],
] as const)('%o', (reduction, weights_G) => {
  expect(tokenWeights('example', two, reduction)).toEqual(weights_G)
})

test('a rollout without a trained token does not count as a rollout', () => {
  const more = [...two, input([-1], [-1], [1], [0])]
  expect(tokenWeights('example', more, 'sequence-mean')).toEqual([1 / 6, 1 / 2, 0])
})

test('arrays of one rollout must agree in length', () => {
  const wrong = { ...two[0], advantages_T: new Float32Array(2) }
  expect(() => tokenWeights('example', [wrong], 'token-mean')).toThrow(
    'example: 3 logprobs_T, 2 advantages_T',
  )
})
