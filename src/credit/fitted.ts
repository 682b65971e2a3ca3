import type { Parts, TokenValues } from '../method.ts'
import type { Rule } from './streams.ts'

/**
 * Every token is credited with what a reward model says at the end of its rollout, or with the named part that the model is fitted to
 * while that is the rule; null where that part is not known then.
 */
export function fitted<K extends string>(
  name: K,
  { byPart }: { readonly byPart: boolean },
): Rule<Parts<K> & TokenValues> {
  return ({ rollouts }, { parts_G, values_G_T }) =>
    rollouts.map(({ ids }, g) => {
      const reward = byPart ? parts_G[name][g] : (values_G_T[g]!.at(-1) ?? 0)
      return reward == null ? null : new Float32Array(ids.length).fill(reward)
    })
}

/** What the model said before each token; null where the part that it is fitted to is not known. */
export function fittedValues<K extends string>(name: K): Rule<Parts<K> & TokenValues> {
  return (_, { parts_G, values_G_T }) =>
    values_G_T.map((values_T, g) => (parts_G[name][g] == null ? null : values_T))
}
