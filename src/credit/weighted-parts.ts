import type { Given, Outcome, Parts, Settings } from '../method.ts'
import { type Rule, told } from './streams.ts'

/**
 * Every token is credited with the weighted sum of the named parts of its rollout, and of the outcome where that has a weight:
 * r = w_0 outcome + sum_i w_i part_i (arXiv:2502.19328, eq. 2). null where one that counts is not known.
 */
export function weightedParts<K extends string>(
  weights: Readonly<Record<K, number>>,
  { outcome: ofOutcome = 0 } = {},
): Rule<Outcome & Parts<K>> {
  const names = Object.keys(weights) as K[]
  return told(
    ({ rollouts }, { outcome_G, parts_G }) => {
      for (const xs_G of [outcome_G, ...names.map(name => parts_G[name])])
        if (xs_G.length !== rollouts.length)
          throw new RangeError(
            `weightedParts: ${xs_G.length} values for ${rollouts.length} rollouts`,
          )
      return rollouts.map(({ ids }, g) => {
        const terms = names.map(name => [weights[name], parts_G[name][g]!] as const)
        if (ofOutcome !== 0) terms.push([ofOutcome, outcome_G[g]!])
        if (terms.some(([, value]) => value === null)) return null
        const reward = terms.reduce((sum, [weight, value]) => sum + weight * value!, 0)
        return new Float32Array(ids.length).fill(reward)
      })
    },
    {
      name: 'weighted parts',
      formula: `G[t] = ${[...(ofOutcome === 0 ? [] : [`${ofOutcome} * outcome`]), ...names.map(name => `${weights[name]} * ${name}`)].join(' + ')}`,
      source: 'arXiv:2502.19328, eq. 2',
      options: { ...weights, outcome: ofOutcome },
    },
  )
}
weightedParts.trial = {
  usual: ({ parts }: Given) => ({
    ...Object.fromEntries(parts.map(name => [name, 1])),
    outcome: 1,
  }),
  build: ({ outcome, ...weights }: Settings) =>
    weightedParts(weights as Record<string, number>, { outcome: Number(outcome) }),
}
