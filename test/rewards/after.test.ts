import { expect, test } from 'vitest'
import { logprobsAfter } from '../../src/rewards/after.ts'
import { entropies } from '../../src/rewards/entropies.ts'
import { exampleGroup } from '../example-groups.ts'
import { tokenizer, toyPolicy } from '../toy.ts'

test("a text's tokens after a rollout's, as the model's table has them", async () => {
  const policy = toyPolicy(3)
  const before = Int32Array.of(5, 3)
  const asked = [
    { before, text: 'goodbad' },
    { before, text: '' },
    { before: before.subarray(0, 1), text: 'bad' },
  ]
  const [first, empty, last] = await logprobsAfter(policy, tokenizer, asked)
  const logprob = (from: number, to: number): number => {
    const row = [...policy.table.row(from)]
    return row[to]! - Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0))
  }
  expect([...first!]).toEqual([expect.closeTo(logprob(3, 3), 5), expect.closeTo(logprob(3, 4), 5)])
  expect(empty).toHaveLength(0)
  expect([...last!]).toEqual([expect.closeTo(logprob(5, 4), 5)])
  await expect(
    logprobsAfter(policy, tokenizer, [{ before: new Int32Array(0), text: 'bad' }]),
  ).rejects.toThrow('text 0 stands after no token')
})

test('an entropy for each token of a rollout, of what predicted it', async () => {
  const policy = toyPolicy(3)
  const group = exampleGroup([2, 1], [1])
  const [found] = await entropies(policy)([group])
  const entropy = (from: number): number => {
    const weights = [...policy.table.row(from)].map(Math.exp)
    const total = weights.reduce((a, b) => a + b)
    return -weights.reduce((sum, x) => sum + (x / total) * Math.log(x / total), 0)
  }
  const [a, b] = found!.entropies_G_T // prompts end in token 2, tokens are 0, 1, 2
  expect([...a!]).toEqual([2, 0, 1].map(from => expect.closeTo(entropy(from), 4)))
  expect([...b!]).toEqual([expect.closeTo(entropy(2), 4)])
})
