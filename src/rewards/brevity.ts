import type { Outcome, Parts, Scorer } from '../method.ts'
import { deviation, mean } from '../numbers/numeric.ts'

export interface BrevityOptions {
  readonly share: number // of the groups of a batch, those with the most right rollouts, rounded up
  readonly penalty: number // of a right rollout that is as long as can be
}

/**
 * Outcomes, and beside them what length costs: in the groups that are solved best a right rollout pays penalty * sigmoid(z), z its
 * length in deviations from the mean of the group's right ones; nothing elsewhere (arXiv:2505.18086, eq. 4 and 5).
 */
export function brevity(
  scorer: Scorer<Outcome>,
  { share, penalty }: BrevityOptions,
): Scorer<Outcome & Parts<'brevity'>> {
  const shortened: Scorer<Outcome & Parts<'brevity'>> = async (groups, signal) => {
    const rewards_P = await scorer(groups, signal)
    const shares_P = rewards_P.map(({ outcome_G }) =>
      mean(outcome_G.filter(outcome => outcome !== null)),
    )
    const known = groups.map((_, p) => p).filter(p => shares_P[p]! >= 0) // not NaN, of no label
    const best = known.sort((a, b) => shares_P[b]! - shares_P[a]!)
    const chosen = new Set(best.slice(0, Math.ceil(share * best.length)))
    return rewards_P.map((rewards, p) => {
      const lengths_G = groups[p]!.rollouts.map(({ ids }) => ids.length)
      const costs_G = costsOf(rewards.outcome_G, lengths_G, chosen.has(p) ? penalty : 0)
      return { ...rewards, parts_G: { brevity: costs_G } }
    })
  }
  return Object.assign(shortened, { begin: scorer.begin })
}

/** What each rollout of a group pays, at most 0; null where the outcome is not known. */
function costsOf(
  outcome_G: readonly (number | null)[],
  lengths_G: readonly number[],
  penalty: number,
): (number | null)[] {
  const right = lengths_G.filter((_, g) => (outcome_G[g] ?? 0) > 0.5)
  const [centre, spread] = [mean(right), deviation(right) + 1e-6]
  return outcome_G.map((outcome, g) => {
    if (outcome === null) return null
    if (outcome <= 0.5 || penalty === 0) return 0
    return -penalty / (1 + Math.exp((centre - lengths_G[g]!) / spread))
  })
}
