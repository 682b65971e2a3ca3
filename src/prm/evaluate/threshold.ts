// The threshold of a judge, chosen on solutions that are not those it is tested on.

import type { Judged } from './first-error.ts'

/** A threshold, and how well it does where it was chosen. */
export interface ChosenThreshold {
  readonly threshold: number
  readonly f1: number
  readonly from: number // any threshold in [from, to) does as well there
  readonly to: number
}

/**
 * The threshold with the best F1 of first errors on these solutions: of the widest range of thresholds that reach it, the
 * middle, or the end that is finite. Throws RangeError unless there are solutions of both kinds with all their scores.
 */
export function bestThreshold(judged: readonly Judged[]): ChosenThreshold {
  const known = judged.filter(({ scores_S }) => scores_S.length > 0 && !scores_S.includes(null))
  const errors = known.filter(({ first }) => first >= 0)
  if (errors.length === 0 || errors.length === known.length)
    throw new RangeError(
      `bestThreshold: ${errors.length} of ${known.length} solutions have a wrong step; expected some with and some without`,
    )
  const ranges = rangesOf(known)
  const f1 = ranges.reduce((most, range) => Math.max(most, range.f1), 0)
  const widest = joined(ranges)
    .filter(range => range.f1 === f1)
    .reduce((best, range) => (range.to - range.from > best.to - best.from ? range : best))
  return { ...widest, threshold: middle(widest.from, widest.to) }
}

interface Range {
  readonly from: number
  readonly to: number
  readonly f1: number
}

/**
 * The F1 of every range of thresholds between two scores. A solution is judged as it is from the score of its first wrong
 * step up to the lowest score before that; one without a wrong step below its lowest score.
 */
function rangesOf(judged: readonly Judged[]): Range[] {
  const changes = new Map<number, { errors: number; right: number }>()
  const change = (at: number, kind: 'errors' | 'right', by: number): void => {
    const there = changes.get(at) ?? { errors: 0, right: 0 }
    there[kind] += by
    changes.set(at, there)
  }
  for (const { first, scores_S } of judged as readonly { first: number; scores_S: number[] }[]) {
    const until = Math.min(...(first < 0 ? scores_S : scores_S.slice(0, first)), Infinity)
    const from = first < 0 ? -Infinity : scores_S[first]!
    for (const score of scores_S) change(score, 'errors', 0) // where anything may change
    if (!(from < until)) continue
    change(from, first < 0 ? 'right' : 'errors', 1)
    change(until, first < 0 ? 'right' : 'errors', -1)
  }
  const all = { errors: judged.filter(({ first }) => first >= 0).length, right: 0 }
  all.right = judged.length - all.errors
  const ends = [...new Set([-Infinity, ...changes.keys()])].sort((a, b) => a - b)
  const found = { errors: 0, right: 0 }
  return ends
    .filter(end => end < Infinity)
    .map((from, i) => {
      const here = changes.get(from)
      found.errors += here?.errors ?? 0
      found.right += here?.right ?? 0
      const [a, b] = [found.errors / all.errors, found.right / all.right]
      return { from, to: ends[i + 1] ?? Infinity, f1: a + b === 0 ? 0 : (2 * a * b) / (a + b) }
    })
}

/** Neighbours with the same F1 as one. */
function joined(ranges: readonly Range[]): Range[] {
  const out: Range[] = []
  for (const range of ranges) {
    const last = out.at(-1)
    if (last && last.f1 === range.f1) out[out.length - 1] = { ...last, to: range.to }
    else out.push(range)
  }
  return out
}

function middle(from: number, to: number): number {
  if (from === -Infinity) return to === Infinity ? 0 : below(to)
  const half = from + (to - from) / 2
  return half < to ? half : from // also where there is no number between them
}

/** A number just below, since a threshold's range does not hold its upper end. */
function below(end: number): number {
  return end - Math.max(1e-9, Math.abs(end) * 1e-9)
}
