import type { Aggregation, StepScores } from './step-scorer.ts'

/** The weighting of PURE: worse steps weigh more (arXiv:2504.15275, eq. 3). */
const softMinTemperature = 0.1

const ways: Readonly<Record<Aggregation, (scores: readonly number[]) => number>> = {
  min: scores => scores.reduce((a, b) => Math.min(a, b)),
  'soft-min': scores => {
    const least = scores.reduce((a, b) => Math.min(a, b))
    const weights = scores.map(score => Math.exp((least - score) / softMinTemperature))
    return sum(scores.map((score, s) => score * weights[s]!)) / sum(weights)
  },
  product: scores => scores.reduce((a, b) => a * b),
  last: scores => scores.at(-1)!,
  mean: scores => sum(scores) / scores.length,
  'geometric-mean': scores => {
    if (scores.some(score => score < 0))
      throw new RangeError(
        'aggregate: the geometric mean is of scores of 0 or more; one is negative',
      )
    return Math.exp(sum(scores.map(Math.log)) / scores.length)
  },
  max: scores => scores.reduce((a, b) => Math.max(a, b)),
  sum,
}

/**
 * One score of a solution from those of its steps. Steps without a score say nothing and are left out, but `last` is of the
 * last step; null where nothing is left. The soft minimum is sum w r with w = softmax(-r / 0.1).
 */
export function aggregate(scores_S: StepScores, way: Aggregation): number | null {
  if (way === 'last') return scores_S.at(-1) ?? null
  const known = scores_S.filter(score => score !== null)
  return known.length === 0 ? null : ways[way](known)
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}
