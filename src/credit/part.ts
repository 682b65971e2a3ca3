import type { Given, Parts, Settings } from '../method.ts'
import { type Rule, told } from './streams.ts'

/** Every token is credited with one named part of its rollout; null where it is not known. */
export function part<K extends string>(name: K): Rule<Parts<K>> {
  return told(
    ({ rollouts }, { parts_G }) => {
      const part_G = parts_G[name]
      if (part_G.length !== rollouts.length)
        throw new RangeError(`part: ${part_G.length} of ${name} for ${rollouts.length} rollouts`)
      return rollouts.map(({ ids }, g) => {
        const value = part_G[g]
        return value == null ? null : new Float32Array(ids.length).fill(value)
      })
    },
    {
      name: 'a part',
      formula: `G[t] = ${name}, of every token`,
      source: 'by definition',
      options: { name },
    },
  )
}
part.trial = {
  choices: { name: 'parts' },
  usual: ({ parts }: Given) => ({ name: parts[0] ?? '' }),
  build: ({ name }: Settings) => part(String(name)),
}
