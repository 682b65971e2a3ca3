import type { Method, Outcome, Scorer } from '../method.ts'
import { mean } from '../numbers/numeric.ts'
import { hashSeed } from '../numbers/random.ts'
import type { Problem } from '../types.ts'

export interface HardestOptions {
  readonly sample: (n: number) => Method['rollouts']
  readonly grade: Scorer<Outcome>
  readonly groupSize: number
  readonly probes: number // rollouts by which a problem is found hard or not
  readonly share: number // of the problems, that is learned from
  readonly domain: string // name of what a problem's source calls its domain
}

/**
 * Groups of the problems that the policy does worst at in a few rollouts before (Pre-PPO, arXiv:2503.22230, section 3.2): of each
 * domain the same share, since domains differ in what is usual. Problems without any known reward count as those in the middle.
 */
export function hardest(options: HardestOptions): Method['rollouts'] {
  const { sample, grade, groupSize, probes, share, domain } = options
  return async (problems, seed, signal, arrived) => {
    if (share >= 1) return sample(groupSize)(problems, seed, signal, arrived)
    const probed = await sample(probes)(problems, hashSeed(seed, 'probes'), signal)
    const rewards = await grade(probed, signal)
    const kept = lowest(
      rewards.map(({ outcome_G }) => mean(outcome_G.filter(outcome => outcome !== null))),
      problems.map(({ meta }) => String((meta as Problem['meta'])[domain] ?? '')),
      share,
    )
    const chosen = kept.map(p => problems[p]!)
    return sample(groupSize)(chosen, seed, signal, arrived)
  }
}

/**
 * Places of the `share` with the lowest scores of each domain, ascending, one at least; the earlier of equal ones. NaN stands as the
 * mean of its domain.
 */
export function lowest(
  scores: readonly number[],
  domains: readonly string[],
  share: number,
): number[] {
  return [...new Set(domains)]
    .flatMap(domain => {
      const places = scores.map((_, p) => p).filter(p => domains[p] === domain)
      const known = places.map(p => scores[p]!).filter(score => !Number.isNaN(score))
      const middle = known.length === 0 ? 0 : mean(known)
      const score = (p: number): number => (Number.isNaN(scores[p]) ? middle : scores[p]!)
      const count = Math.max(1, Math.round(share * places.length))
      return places.sort((a, b) => score(a) - score(b) || a - b).slice(0, count)
    })
    .sort((a, b) => a - b)
}
