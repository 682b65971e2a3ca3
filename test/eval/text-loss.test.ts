import { expect, test } from 'vitest'
import { textLoss } from '../../src/eval/text-loss.ts'
import { learnTexts } from '../../src/train/supervised.ts'
import { toyPolicy } from '../toy.ts'

const examples = [
  { promptIds: Int32Array.of(5, 6), ids: Int32Array.of(3, 2, 1) },
  { promptIds: Int32Array.of(7), ids: Int32Array.of(4, 1) },
]

test('the loss of texts is what learning them together reports', async () => {
  const policy = toyPolicy(2)
  const loss = await textLoss(policy, examples)
  const queue = [...examples]
  const once = { updates: 1, batch: 2, learningRate: 0.1 }
  expect(loss).toBeCloseTo(await learnTexts(policy, () => queue.shift()!, once), 5)
})

test('of nothing it is NaN', async () => {
  expect(await textLoss(toyPolicy(), [])).toBeNaN()
})
