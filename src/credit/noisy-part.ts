import type { Given, Parts, Settings } from '../method.ts'
import { hashSeed } from '../numbers/random.ts'
import { part } from './part.ts'
import { type Rule, told } from './streams.ts'

export interface NoiseOptions {
  readonly flip: number // the chance, in [0, 1], that a group's rewards are turned round
  readonly seed: number
}

/**
 * A named part of each rollout, or, in groups that the seed and the problem choose, 1 - it for all of them: a judge that is wrong
 * about whole problems (arXiv:2505.22653, section 3). Right and wrong are then 1 - 2 flip apart in the mean.
 */
export function noisyPart<K extends string>(name: K, { flip, seed }: NoiseOptions): Rule<Parts<K>> {
  const plain = part(name)
  return told(
    (group, rewards) => {
      const returns_G = plain(group, rewards)
      const { question = group.problem.prompt } = group.problem
      if (hashSeed(seed, 'noise', question) / 2 ** 32 >= flip) return returns_G
      return returns_G.map(returns_T => returns_T?.map(x => 1 - x) ?? null)
    },
    {
      name: 'a part with noise',
      formula: `G[t] = ${name}, or 1 - ${name} in ${flip} of the groups`,
      source: 'arXiv:2505.22653, section 3',
      options: { name, flip, seed },
    },
  )
}
noisyPart.trial = {
  choices: { name: 'parts' },
  usual: ({ parts }: Given) => ({ name: parts[0] ?? '', flip: 0.2, seed: 0 }),
  build: ({ name, flip, seed }: Settings) =>
    noisyPart(String(name), { flip: Number(flip), seed: Number(seed) }),
}
