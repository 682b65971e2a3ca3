// What the runs of a variant say: whether it learns, and by how much it differs from another, seed by seed.

import { inPercent } from '../../src/compare/report.ts'
import type { RunSummary } from '../../src/compare/run-summary.ts'
import { type Spread, spreadOf } from '../../src/compare/spread.ts'
import type { VariantSummary } from '../../src/compare/summary.ts'

type OfRun = (run: RunSummary) => number | null

/** The runs that count. */
export function complete({ runs }: Pick<VariantSummary, 'runs'>): readonly RunSummary[] {
  return runs.filter(({ state }) => state === 'complete')
}

/** By how much each seed is more accurate on held-out problems after than before. */
export function changeOf(variant: VariantSummary): Spread | null {
  return spreadOf(complete(variant).map(change))
}

const least = 0.02 // which nobody would notice
const oneSeed = 0.05 // two standard errors of a difference of 200 problems with 4 samples each

/** What the words of a verdict mean. */
export const verdictRule =
  'learns: every seed is more accurate on held-out problems after than before, and the mean change is more than twice its ' +
  `spread and more than ${100 * least} points, ${100 * oneSeed} where there is one seed; falls: the same downwards`

/** Whether a variant learns, by `verdictRule`. */
export function verdictOf(variant: VariantSummary): 'learns' | 'falls' | 'does not learn' {
  const found = changeOf(variant)
  if (found === null) return 'does not learn'
  const clear =
    Math.abs(found.mean) > (found.spread === null ? oneSeed : Math.max(least, 2 * found.spread))
  const signs = new Set(complete(variant).map(run => Math.sign(change(run) ?? 0)))
  if (!clear || signs.size !== 1 || signs.has(0)) return 'does not learn'
  return found.mean > 0 ? 'learns' : 'falls'
}

/** A number of one variant less that of another, seed by seed. */
export function pairedDifference(
  variant: VariantSummary,
  other: VariantSummary,
  of: OfRun,
): Spread | null {
  const others = new Map(complete(other).map(run => [run.seed, of(run)]))
  return spreadOf(complete(variant).map(run => less(of(run), others.get(run.seed))))
}

/** A difference of shares as points of a hundred, with its sign. */
export function points({ mean, spread }: Spread): string {
  const signed = `${mean < 0 ? '' : '+'}${inPercent(mean)}`
  return spread === null ? signed : `${signed} ± ${inPercent(spread)}`
}

function change({ before, after }: RunSummary): number | null {
  return less(after?.sampled, before?.sampled)
}

function less(a: number | null | undefined, b: number | null | undefined): number | null {
  return a == null || b == null ? null : a - b
}
