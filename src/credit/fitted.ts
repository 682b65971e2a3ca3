import type { Given, Parts, Settings, TokenValues } from '../method.ts'
import { type Rule, told } from './streams.ts'

/**
 * Every token is credited with what a reward model says at the end of its rollout, or with the named part that the model is fitted to
 * while that is the rule; null where that part is not known then.
 */
export function fitted<K extends string>(
  name: K,
  { byPart }: { readonly byPart: boolean },
): Rule<Parts<K> & TokenValues> {
  return told(
    ({ rollouts }, { parts_G, values_G_T }) =>
      rollouts.map(({ ids }, g) => {
        const reward = byPart ? parts_G[name][g] : (values_G_T[g]!.at(-1) ?? 0)
        return reward == null ? null : new Float32Array(ids.length).fill(reward)
      }),
    {
      name: 'fitted reward',
      formula: `G[t] = ${byPart ? name : 'what the reward model says at the end'}`,
      source: 'by definition',
      options: { name, byPart },
    },
  )
}
fitted.trial = {
  choices: { name: 'parts' },
  usual: ({ parts }: Given) => ({ name: parts[0] ?? '', byPart: true }),
  build: ({ name, byPart }: Settings) => fitted(String(name), { byPart: byPart === true }),
}

/** What the model said before each token; null where the part that it is fitted to is not known. */
export function fittedValues<K extends string>(name: K): Rule<Parts<K> & TokenValues> {
  return told(
    (_, { parts_G, values_G_T }) =>
      values_G_T.map((values_T, g) => (parts_G[name][g] == null ? null : values_T)),
    { name: 'what the model said', formula: 'G[t] = V[t]', source: 'by definition' },
  )
}
