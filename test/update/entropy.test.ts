import { expect, test } from 'vitest'
import { entropy } from '../../src/update/entropy.ts'
import { kl } from '../../src/update/kl.ts'
import { sum } from '../../src/update/sum.ts'
import { batch, input } from './example-batch.ts'

test('entropies are raised, at trained tokens, by the weight of the token', () => {
  const two = [input([-1, -1, -1], [-1, -1, -1], [0, 0, 0], [1, 1, 0]), input([-1], [-1], [0])]
  const mean = entropy({ coefficient: 0.6 }).of(two)
  expect(mean.dentropies_G_T!.map(d_T => [...d_T])).toEqual(
    [[-0.2, -0.2, 0], [-0.2]].map(xs => xs.map(Math.fround)),
  )
  expect([mean.loss, ...mean.dlogprobs_G_T.flatMap(d_T => [...d_T])]).toEqual([0, 0, 0, 0, 0])
  const sequences = entropy({ coefficient: 0.6, reduction: 'sequence-mean' }).of(two)
  expect(sequences.dentropies_G_T!.map(d_T => d_T[0])).toEqual([-0.15, -0.3].map(Math.fround))
})

test('a coefficient of 0 asks for nothing', () => {
  expect(entropy({ coefficient: 0 }).of(batch)).not.toHaveProperty('dentropies_G_T')
  const none = sum(entropy({ coefficient: 0 }), kl({ coefficient: 0 })).of(batch)
  expect(none).not.toHaveProperty('dentropies_G_T')
})

test('a sum adds the slopes for entropies too', () => {
  const [a, b] = [0.6, -0.1].map(coefficient => entropy({ coefficient }))
  const [both, whole] = [sum(a, b), entropy({ coefficient: 0.5 })].map(loss => loss.of(batch))
  for (const [g, d_T] of both.dentropies_G_T!.entries())
    for (const [t, d] of d_T.entries()) expect(d).toBeCloseTo(whole.dentropies_G_T![g][t], 6)
})
