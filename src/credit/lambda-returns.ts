import { written } from '../groups/written.ts'
import type { Credit, Divergence, Formula, Outcome, Returns, TokenValues } from '../method.ts'
import type { Group } from '../types.ts'
import { penalties } from './penalties.ts'
import { type Rule, streams, told } from './streams.ts'
import { values } from './values.ts'

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
export function lambdaReturns(
  options: LambdaOptions = {},
): Rule<Outcome & Divergence & TokenValues> {
  const returns = lambdaOf('lambdaReturns', options)
  return told(
    (group, rewards) =>
      returns(group, rewards, g => {
        const outcome = rewards.outcome_G[g]
        if (outcome === null) return null
        const rewards_T = new Float32Array(group.rollouts[g]!.ids.length)
        if (rewards_T.length > 0) rewards_T[rewards_T.length - 1] = outcome
        return rewards_T
      }),
    formulaOf('lambda-returns', options),
  )
}
lambdaReturns.trial = {}

/** As lambdaReturns, the reward of the last token being what another rule credits the whole rollout with. */
export function lambdaOver<R>(
  rule: Rule<R>,
  options: LambdaOptions = {},
): Rule<R & Divergence & TokenValues> {
  const returns = lambdaOf('lambdaOver', options)
  return told(
    (group, rewards) => {
      const whole_G = rule(group, rewards)
      return returns(group, rewards, g => {
        const whole_T = whole_G[g]
        if (whole_T == null) return null
        const rewards_T = new Float32Array(whole_T.length)
        if (rewards_T.length > 0) rewards_T[rewards_T.length - 1] = whole_T.at(-1)!
        return rewards_T
      })
    },
    {
      ...formulaOf('lambda-returns', options),
      name: `lambda-returns of: ${rule.formula?.name ?? 'a rule'}`,
    },
  )
}

/** What a critic is held against: the stream `returns` as lambdaOver has it, and what it expected, `values`. */
export function overCritic<R>(
  rule: Rule<R>,
  options: LambdaOptions = {},
): Credit<R & Outcome & Divergence & TokenValues, 'returns' | 'values'> {
  return streams({ returns: lambdaOver(rule, options), values: values() })
}

/**
 * The recursion of lambdaReturns for any rewards of a rollout's tokens, null where they are not known. The reward of a token that
 * the policy did not write is that of the last one before it that it wrote.
 */
export function lambdaOf(
  name: string,
  { discount = 1, lambda = 0.95, klCoef = 0 }: LambdaOptions,
): (
  group: Group,
  rewards: Divergence & TokenValues,
  earned: (g: number) => Float32Array | null,
) => Returns {
  for (const [what, x] of Object.entries({ discount, lambda }))
    if (!(x >= 0 && x <= 1)) throw new RangeError(`${name}: ${what} must lie in [0, 1], got ${x}`)
  return (group, rewards, earned) => {
    const penalties_G_T = penalties(name, group, rewards, { coefficient: klCoef })
    return group.rollouts.map((rollout, g) => {
      const [rewards_T, values_T] = [earned(g), rewards.values_G_T[g]]
      if (rewards_T === null) return null
      if (values_T?.length !== rollout.ids.length)
        throw new RangeError(
          `${name}: ${values_T?.length} values for ${rollout.ids.length} tokens of rollout ${g}`,
        )
      const returns_T = new Float32Array(values_T.length)
      const written_T = written(rollout)
      let [toCome, expected, reward] = [0, 0, 0]
      for (let t = returns_T.length - 1; t >= 0; t--) {
        reward += rewards_T[t]
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

/** What lambda-returns say of themselves. */
export function formulaOf(
  name: string,
  { discount = 1, lambda = 0.95, klCoef = 0 }: LambdaOptions,
): Formula {
  return {
    name,
    formula: `G[t] = r[t] + ${discount} * ((1 - ${lambda}) * V[t + 1] + ${lambda} * G[t + 1])${klCoef === 0 ? '' : `, r less ${klCoef} * KL`}`,
    source: 'arXiv:1506.02438, eq. 16',
    options: { discount, lambda, klCoef },
  }
}
