import type { Scoring } from '../engine/engine.ts'
import { written } from '../groups/written.ts'
import type { Outcome, Parts, Scorer } from '../method.ts'
import { mean } from '../numbers/numeric.ts'
import { logprobsOf } from './divergence.ts'

/**
 * What a scorer finds of the policy's own rollouts, nothing of those of origin 'other', and beside it the part `replay` of these: 1 less
 * their loss, the mean over their tokens of -log p.
 */
export function withReplays<K extends string>(
  scorer: Scorer<Outcome & Parts<K>>,
  policy: Scoring,
): Scorer<Outcome & Parts<K | 'replay'>> {
  return async (groups, signal) => {
    const others = groups.flatMap(({ rollouts }) => rollouts.filter(one => one.origin === 'other'))
    const [found_P, logprobs] = await Promise.all([
      scorer(groups, signal),
      others.length === 0 ? [] : logprobsOf(policy, others, signal),
    ])
    const next = logprobs.values()
    return found_P.map(({ outcome_G, parts_G }, p) => {
      const { rollouts } = groups[p]!
      const own = (x_G: readonly (number | null)[]) =>
        x_G.map((x, g) => (rollouts[g]!.origin === 'other' ? null : x))
      const replay = rollouts.map(rollout => {
        if (rollout.origin !== 'other') return null
        const written_T = written(rollout)
        return 1 + mean(next.next().value!.filter((_, t) => written_T[t] === 1))
      })
      const parts = Object.entries<readonly (number | null)[]>(parts_G)
      const kept = Object.fromEntries(parts.map(([name, x_G]) => [name, own(x_G)]))
      return {
        outcome_G: own(outcome_G),
        parts_G: { ...kept, replay } as Parts<K | 'replay'>['parts_G'],
      }
    })
  }
}
