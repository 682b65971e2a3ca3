import type { Scoring } from '../engine/engine.ts'
import type { Scorer, TokenRewards } from '../method.ts'
import { logprobsOf } from './divergence.ts'

/**
 * The process reward of each token by an implicit reward model, beta * (log p_model - log p_reference), in units of reward
 * (arXiv:2412.01981, proposition 3.1; arXiv:2502.01456, eq. 3). Both models read the policy's tokens.
 */
export function implicit(
  model: Scoring,
  reference: () => Promise<Scoring>,
  beta: number,
): Scorer<TokenRewards> {
  return async (groups, signal) => {
    const rollouts = groups.flatMap(group => group.rollouts)
    const own = await logprobsOf(model, rollouts, signal)
    const other = await logprobsOf(await reference(), rollouts, signal)
    const rewards = own.map((xs_T, i) => xs_T.map((x, t) => beta * (x - other[i]![t]!))).values()
    return groups.map(group => ({ tokens_G_T: group.rollouts.map(() => rewards.next().value!) }))
  }
}
