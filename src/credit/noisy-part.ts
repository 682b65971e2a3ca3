import type { Parts } from '../method.ts'
import { hashSeed } from '../numbers/random.ts'
import { part } from './part.ts'
import type { Rule } from './streams.ts'

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
  return (group, rewards) => {
    const returns_G = plain(group, rewards)
    const { question = group.problem.prompt } = group.problem
    if (hashSeed(seed, 'noise', question) / 2 ** 32 >= flip) return returns_G
    return returns_G.map(returns_T => returns_T?.map(x => 1 - x) ?? null)
  }
}
