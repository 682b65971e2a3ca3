import { written } from '../groups/written.ts'
import type { Advantages, Outcome, Rewarded } from '../method.ts'
import { mean } from '../numbers/numeric.ts'
import { quantileOf } from './quantile-norm.ts'

export interface RiskOptions {
  readonly low: number // share of bundles below the lower quantile
  readonly high: number // and below the upper one
  readonly bundle: number // problems
  readonly tailWeight: number // of what lies below the lower quantile
}

/** The two quantiles of the scores of bundles, as they are tracked. */
export interface Quantiles {
  readonly low: number
  readonly high: number
}

/**
 * Problems in bundles: the score of the g-th rollouts is the sum of their outcomes, and its worth is steep below the lower quantile
 * of scores and flat above the upper one (RiskPO, arXiv:2510.00911, eq. 7 and 8), in units of the deviation of the bundle's scores.
 * A rollout gets of it what it adds to its bundle: (outcome - mean of its group) / (the sum of these), an equal share where that is
 * about 0, at most all of it. Groups with an unknown outcome get zeros. `quantiles` null: those of this batch.
 */
export function risk(
  quantiles: Quantiles | null,
  options: RiskOptions,
): Advantages<'outcome', Outcome> {
  return ({ groups_P, rewards_P }) => {
    const bundles = bundlesOf(rewards_P, options.bundle)
    const at = quantiles ?? quantilesOf(scoresOf(bundles), options)
    const shares_P = rewards_P.map(({ outcome_G }) => outcome_G.map(() => 0))
    for (const { places, scores_G, outcomes } of bundles) {
      const spread = sampleDeviation(scores_G) + 1e-6
      const means = outcomes.map(mean)
      for (const [g, score] of scores_G.entries()) {
        const worth = riskOf(score, at, options) / spread
        const parts = outcomes.map((of_G, i) => of_G[g]! - means[i]!)
        const sum = parts.reduce((a, b) => a + b, 0)
        for (const [i, p] of places.entries())
          shares_P[p]![g] = worth * shareOf(parts[i]!, sum, parts.length)
      }
    }
    return {
      advantages_P_G_T: groups_P.map(({ rollouts }, p) =>
        rollouts.map((rollout, g) =>
          Float32Array.from(written(rollout), w => w * shares_P[p]![g]!),
        ),
      ),
      metrics: { 'advantages/quantile_low': at.low, 'advantages/quantile_high': at.high },
    }
  }
}
risk.trial = { not: 'it compares problems of the batch with each other' }

/** What a score is worth: ((S - q_a)+ - (S - q_b)+) / (b - a) less the weighted tail (q_a - S)+ / a, over 1 + weight. */
export function riskOf(
  score: number,
  { low, high }: Quantiles,
  { low: a, high: b, tailWeight }: RiskOptions,
): number {
  const between = (Math.max(score - low, 0) - Math.max(score - high, 0)) / (b - a)
  const tail = a === 0 ? 0 : -Math.max(low - score, 0) / a
  return (tailWeight * tail + between) / (tailWeight + 1)
}

/** Moves each quantile by a tenth of what is missing below it: q + rate * (level - share of scores below q). */
export function trackedQuantiles(
  quantiles: Quantiles | null,
  options: RiskOptions,
  rate = 0.1,
): (batch: Rewarded<Outcome>) => { low: number; high: number } | null {
  return ({ rewards_P }) => {
    const scores = scoresOf(bundlesOf(rewards_P, options.bundle)).filter(Number.isFinite)
    if (scores.length === 0) return quantiles === null ? null : { ...quantiles }
    if (quantiles === null) return quantilesOf(scores, options)
    const moved = (q: number, level: number): number =>
      q + rate * (level - scores.filter(score => score < q).length / scores.length)
    return { low: moved(quantiles.low, options.low), high: moved(quantiles.high, options.high) }
  }
}

function quantilesOf(scores: readonly number[], { low, high }: RiskOptions) {
  return { low: quantileOf(scores, low, 'linear'), high: quantileOf(scores, high, 'linear') }
}

/** Groups whose scores are one; `outcomes` [members, G]. */
interface Bundle {
  readonly places: readonly number[]
  readonly outcomes: readonly (readonly number[])[]
  readonly scores_G: readonly number[]
}

/** Groups in a row, all of whose outcomes are known; the last bundle may have fewer. */
function bundlesOf(rewards_P: readonly Outcome[], size: number): readonly Bundle[] {
  const known = rewards_P.flatMap(({ outcome_G }, p) =>
    outcome_G.every(outcome => outcome !== null) ? [{ p, outcome_G }] : [],
  )
  return Array.from({ length: Math.ceil(known.length / size) }, (_, b) => {
    const members = known.slice(b * size, (b + 1) * size)
    const outcomes = members.map(({ outcome_G }) => outcome_G)
    const rollouts = Math.min(...outcomes.map(of_G => of_G.length))
    const scores_G = Array.from({ length: rollouts }, (_, g) =>
      outcomes.reduce((sum, of_G) => sum + of_G[g]!, 0),
    )
    return { places: members.map(({ p }) => p), outcomes, scores_G }
  })
}

function scoresOf(bundles: readonly Bundle[]): number[] {
  return bundles.flatMap(({ scores_G }) => scores_G)
}

/** The share of one member, whole or less. */
function shareOf(part: number, sum: number, members: number): number {
  if (Math.abs(sum) <= 1e-6) return 1 / members
  return Math.min(Math.max(part / sum, -1), 1)
}

function sampleDeviation(values: readonly number[]): number {
  const centre = mean(values)
  const squares = values.reduce((sum, x) => sum + (x - centre) ** 2, 0)
  return Math.sqrt(squares / Math.max(values.length - 1, 1))
}
