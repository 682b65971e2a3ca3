// What holds for every loss, whatever it is averaged over.
import { describe, expect, test } from 'vitest'
import type { Loss } from '../../src/method.ts'
import { update } from '../../src/stages.ts'
import { batch, input, numericSlope } from './example-batch.ts'

const reductions = ['token-mean', 'sequence-mean', { maxTokens: 10 }] as const
const losses: readonly [string, Loss][] = reductions.flatMap(reduction => {
  const name = typeof reduction === 'string' ? reduction : 'constant'
  const k1 = update.kl({ coefficient: 0.5, estimator: 'k1', reduction })
  const k3 = update.kl({ coefficient: 0.5, reduction })
  const k2 = update.kl({ coefficient: 0.5, estimator: 'k2', reduction })
  const clipped = update.clipped({ reduction })
  const dual = update.clipped({ clip: 0.3, dualClip: 1.4, reduction })
  const spread = update.entropy({ coefficient: 0.3, reduction })
  return [
    [`clipped, ${name}`, clipped],
    [`clipped to one side, ${name}`, update.clipped({ clipLow: 0.1, clipHigh: 0.8, reduction })],
    [`reinforce, ${name}`, update.reinforce({ reduction })],
    [`clipped twice, ${name}`, dual],
    [`truncated, ${name}`, update.truncated(clipped, { limit: 1.5 })],
    [`entropy, ${name}`, spread],
    [`k1, ${name}`, k1],
    [`k2, ${name}`, k2],
    [`k3, ${name}`, k3],
    [`clipped + k3 + entropy, ${name}`, update.sum(clipped, k3, spread)],
  ]
})

describe.each(losses)('%s', (_, loss) => {
  test('the slope is the derivative, by finite differences', () => {
    const { dlogprobs_G_T } = loss.of(batch)
    for (const [g, slope_T] of numericSlope(loss, batch).entries())
      for (const [t, slope] of slope_T.entries()) expect(dlogprobs_G_T[g][t]).toBeCloseTo(slope, 3)
  })

  test('tokens that are not trained change nothing, whatever they hold', () => {
    const [first, ...rest] = batch
    const { trained_T, group, outcome, replayed_T, ...others } = first
    const spoilt = Object.entries(others).map(([name, xs_T]) => [name, xs_T!.with(3, -9)] as const)
    const other = {
      ...(Object.fromEntries(spoilt) as typeof others),
      trained_T,
      group,
      outcome,
      replayed_T,
    }
    expect(loss.of([other, ...rest])).toEqual(loss.of(batch))
    expect(loss.of(batch).dlogprobs_G_T[0][3]).toBe(0)
  })

  test('a batch of no trained token is finite', () => {
    for (const empty of [[], [input([], [], [], [])], [input([-1], [-1], [1], [0])]]) {
      const { loss: value, metrics, dlogprobs_G_T } = loss.of(empty)
      expect(value).toBeCloseTo(0, 12)
      expect(Object.values(metrics).every(Number.isFinite)).toBe(true)
      expect(dlogprobs_G_T.every(d_T => d_T.every(d => d === 0))).toBe(true)
    }
  })

  test('the order of the rollouts does not matter', () => {
    const { loss: value, dlogprobs_G_T } = loss.of(batch.toReversed())
    expect(value).toBeCloseTo(loss.of(batch).loss, 12)
    expect(dlogprobs_G_T.toReversed()).toEqual(loss.of(batch).dlogprobs_G_T)
  })

  test('arrays of one rollout must agree in length', () => {
    const wrong = { ...batch[0], trained_T: new Uint8Array(2) }
    expect(() => loss.of([wrong])).toThrow(/4 logprobs_T, 2 trained_T/)
  })
})
