import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ValueInput } from '../../src/method.ts'
import { value } from '../../src/update/value.ts'
import { f32 } from '../example-groups.ts'

function example(
  values: readonly number[],
  before: readonly number[],
  returns: readonly number[],
  trained = values.map(() => 1),
): ValueInput {
  const [values_T, before_T, returns_T] = [values, before, returns].map(xs => f32(...xs))
  return { values_T, before_T, returns_T, trained_T: Uint8Array.from(trained) }
}

const batch = [
  example([0.9, 0.1, 0.4, 7], [0.5, 0.2, 0.1, 0], [1, 0.8, -1, 9], [1, 1, 1, 0]),
  example([-0.3], [0.3], [0.2]),
  example([], [], []),
]

test('half the squared distance to the returns', () => {
  const { loss, dvalues_G_T } = value().of([example([0.5, 1], [0, 0], [1, 0])])
  expect(loss).toBeCloseTo((0.25 + 1) / 4, 12)
  expect([...dvalues_G_T[0]]).toEqual([-0.25, 0.5])
})

test('a value that moved past the clip towards its return is flat, and counted', () => {
  const loss = value({ clip: 0.2 })
  const towards = loss.of([example([0.5], [0], [1])])
  expect(towards.loss).toBeCloseTo(0.8 ** 2 / 2, 6)
  expect(towards.dvalues_G_T[0][0]).toBe(0)
  expect(towards.metrics['critic/clipped_fraction']).toBe(1)
  const away = loss.of([example([-0.5], [0], [1])]) // the worse of both counts
  expect(away.loss).toBeCloseTo(1.5 ** 2 / 2, 6)
  expect(away.dvalues_G_T[0][0]).toBeCloseTo(-1.5, 6)
})

test.each([
  ['free', value()],
  ['clipped', value({ clip: 0.25 })],
  ['rollout by rollout', value({ clip: 0.25, reduction: 'sequence-mean' })],
] as const)('%s: the slope is the derivative, by finite differences', (_, loss) => {
  const h = 1e-3
  const { dvalues_G_T } = loss.of(batch)
  for (const [g, one] of batch.entries())
    for (const [t, x] of one.values_T.entries()) {
      const at = (d: number) =>
        loss.of(batch.with(g, { ...one, values_T: one.values_T.with(t, x + d) })).loss
      expect(dvalues_G_T[g][t]).toBeCloseTo((at(h) - at(-h)) / (2 * h), 3)
    }
})

test('the explained variance: 1 where the critic knew, 0 where it knew no more than the mean', () => {
  const explained = (before: readonly number[], returns: readonly number[]) =>
    value().of([example(before, before, returns)]).metrics['critic/explained_variance']
  expect(explained([1, 2, 5], [1, 2, 5])).toBe(1)
  expect(explained([2, 3, 6], [1, 2, 5])).toBeCloseTo(1, 6) // a constant error is none of variance
  expect(explained([3, 3, 3], [1, 2, 5])).toBeCloseTo(0, 6)
  expect(explained([-1, -2, -5], [1, 2, 5])).toBeCloseTo(-3, 6)
  expect(explained([0, 1, 2], [4, 4, 4])).toBe(0)
  const number = fc.float({ min: -9, max: 9, noNaN: true })
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number)), pairs => {
      const found = explained(
        pairs.map(([v]) => v),
        pairs.map(([, g]) => g),
      )
      expect(Number.isFinite(found)).toBe(true)
      expect(found).toBeLessThanOrEqual(1 + 1e-9)
    }),
  )
})

test('no trained token, unequal lengths, and what is not finite', () => {
  const { loss, metrics } = value().of([example([1], [1], [2], [0])])
  expect([loss, ...Object.values(metrics)]).toEqual([0, 0, 0])
  const wrong = { ...batch[0], returns_T: f32(1) }
  expect(() => value().of([wrong])).toThrow('value: 4 values_T, 1 returns_T')
  expect(value().of([example([1], [1], [Number.NaN])]).loss).toBeNaN()
})
