import type { Engine, Scoring } from '../engine/engine.ts'
import type { Divergence, Scorer, TokenValues } from '../method.ts'
import { both } from './both.ts'
import { divergence } from './divergence.ts'
import { values } from './values.ts'

/** What a critic expects of rollouts, and how far they are from a reference, which a coefficient of 0 does not ask. */
export function expected(
  critic: Engine,
  reference: () => Promise<Scoring>,
  klCoef = 0,
): Scorer<Divergence & TokenValues> {
  return both(divergence(reference, klCoef), values(critic))
}
