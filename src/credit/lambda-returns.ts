import { written } from '../groups/written.ts'
import type { Divergence, Outcome, TokenValues } from '../method.ts'
import { penalties } from './penalties.ts'
import type { Rule } from './streams.ts'

export interface LambdaOptions {
  readonly discount?: number // of the reward one token later; default 1
  /** 1: what came; 0: the next reward and what the critic expects after it. Default 0.95. */
  readonly lambda?: number
  readonly klCoef?: number // of the KL that each token costs; default 0
}

/**
 * The returns whose distance to the critic's values is the generalised advantage estimate (arXiv:1506.02438, eq. 16;
 * arXiv:1707.06347, eq. 11): returns[t] = reward[t] + discount * ((1 - lambda) * values[t + 1] + lambda * returns[t + 1]).
 * The outcome is the reward of the last token, after which nothing is expected; the KL of a token, estimated by k1, is taken from
 * its own. Tokens that the policy did not write are passed over and get 0. Null where the outcome is not known.
 */
export function lambdaReturns({
  discount = 1,
  lambda = 0.95,
  klCoef = 0,
}: LambdaOptions = {}): Rule<Outcome & Divergence & TokenValues> {
  for (const [what, x] of Object.entries({ discount, lambda }))
    if (!(x >= 0 && x <= 1))
      throw new RangeError(`lambdaReturns: ${what} must lie in [0, 1], got ${x}`)
  return (group, rewards) => {
    const { outcome_G, values_G_T } = rewards
    const penalties_G_T = penalties('lambdaReturns', group, rewards, { coefficient: klCoef })
    return group.rollouts.map((rollout, g) => {
      const [outcome, values_T] = [outcome_G[g], values_G_T[g]]
      if (outcome === null) return null
      if (values_T?.length !== rollout.ids.length)
        throw new RangeError(
          `lambdaReturns: ${values_T?.length} values for ${rollout.ids.length} tokens of rollout ${g}`,
        )
      const returns_T = new Float32Array(values_T.length)
      const written_T = written(rollout)
      let [toCome, expected, reward] = [0, 0, outcome]
      for (let t = returns_T.length - 1; t >= 0; t--) {
        if (written_T[t] === 0) continue
        reward += penalties_G_T[g]?.[t] ?? 0
        toCome = reward + discount * ((1 - lambda) * expected + lambda * toCome)
        returns_T[t] = toCome
        expected = values_T[t]
        reward = 0
      }
      return returns_T
    })
  }
}
