import type { Advantages } from '../method.ts'
import { type CombineOptions, combine } from './combine.ts'
import { none } from './none.ts'

/**
 * What came above what the critic expected: A[t] = returns[t] - values[t]; of lambda-returns that is the generalised advantage
 * estimate (arXiv:1506.02438, eq. 16). Masked and whitened as combine does.
 */
export function overValues(options: CombineOptions = {}): Advantages<'returns' | 'values'> {
  const parts = {
    returns: { baseline: none(), weight: 1 },
    values: { baseline: none(), weight: -1 },
  }
  return combine(parts, options)
}
