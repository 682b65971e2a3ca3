import type { Advantages, Returns, Streams } from '../method.ts'
import { type CombineOptions, combine } from './combine.ts'
import { none } from './none.ts'

/**
 * What came above what the critic expected: A[t] = returns[t] - values[t]; of lambda-returns that is the generalised advantage
 * estimate (arXiv:1506.02438, eq. 16); 0 of a rollout that lacks either. Masked and whitened as combine does.
 */
export function overValues(options: CombineOptions = {}): Advantages<'returns' | 'values'> {
  const parts = {
    returns: { baseline: none(), weight: 1 },
    values: { baseline: none(), weight: -1 },
  }
  const combined = combine(parts, options)
  return batch => combined({ ...batch, streams_P: batch.streams_P.map(whole) })
}
overValues.trial = { not: 'it is a sum of two streams: no baseline, with the weights 1 and -1' }

/** The two streams, both null where one is. */
function whole({ returns, values }: Streams<'returns' | 'values'>): Streams<'returns' | 'values'> {
  const isWhole = returns.map((returns_T, g) => returns_T !== null && values[g] !== null)
  const kept = (stream: Returns): Returns =>
    stream.map((one_T, g) => (isWhole[g] === true ? one_T : null))
  return { returns: kept(returns), values: kept(values) }
}
