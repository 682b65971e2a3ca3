import { hashSeed } from '../numbers/random.ts'
import { type BeamOptions, beam } from './beam.ts'
import { keptOf } from './counts.ts'
import { type Search, together } from './search.ts'
import { chosen } from './vote.ts'

/**
 * Diverse verifier tree search: n / width subtrees that each keep the best of their `width` candidates of a step, so that
 * none is crowded out (E. Beeching, L. Tunstall and S. Rush, "Scaling test-time compute with open models", 2024).
 */
export function dvts({ n, width, choice = 'best', ...options }: BeamOptions): Search {
  const subtrees = keptOf('dvts', n, width)
  const one = beam({ ...options, n: width, width })
  return function* (from, seed) {
    const all = Array.from({ length: subtrees }, (_, i) => one(from, hashSeed(seed, 'subtree', i)))
    return yield* chosen((yield* together(all)).flat(), choice)
  }
}
