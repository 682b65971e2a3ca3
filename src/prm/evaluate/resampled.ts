import { below, type Random } from '../../numbers/random.ts'

/** A number from a sample, and the ends of its interval. */
export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}

export interface ResampleOptions {
  readonly random: Random
  readonly resamples?: number // default 1000
  readonly level?: number // default 0.95
}

/**
 * A statistic with its interval from resampled clusters: whole clusters are drawn with replacement, as many as there are, and
 * the ends are percentiles of what the statistic is then (Efron and Tibshirani 1993, chapter 13; clusters since rollouts of
 * one problem are alike). A resample whose statistic is NaN counts for nothing; all three are NaN where the statistic is.
 */
export function resampled<T>(
  clusters: readonly T[],
  statistic: (clusters: readonly T[]) => number,
  { random, resamples = 1000, level = 0.95 }: ResampleOptions,
): Interval {
  const value = statistic(clusters)
  if (Number.isNaN(value)) return { value, low: value, high: value }
  const found: number[] = []
  for (let i = 0; i < resamples; i++) {
    const drawn = statistic(clusters.map(() => clusters[below(random, clusters.length)]!))
    if (!Number.isNaN(drawn)) found.push(drawn)
  }
  found.sort((a, b) => a - b)
  const tail = (1 - level) / 2
  return { value, low: percentile(found, tail), high: percentile(found, 1 - tail) }
}

/** Between the two sorted values that lie around it. */
function percentile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  if (below === undefined || above === undefined) return Number.NaN
  return below + (at - Math.floor(at)) * (above - below)
}
