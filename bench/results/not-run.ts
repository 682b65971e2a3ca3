import { uncounted } from '../../src/compare/report.ts'
import type { ComparisonSummary, VariantSummary } from '../../src/compare/summary.ts'

/** Runs that failed or are half done, each with its reason; of variants without any run, their names. */
export function notRun(part: ComparisonSummary): string[] {
  const untouched = ({ runs }: VariantSummary): boolean =>
    runs.every(run => run.state === 'missing' && run.error === null)
  const names = part.variants.filter(untouched).map(({ name }) => `\`${name}\``)
  const others = part.variants.filter(variant => !untouched(variant))
  return [
    ...uncounted({ ...part, variants: others }),
    ...(names.length === 0 ? [] : [`Not run yet: ${names.join(', ')}.`]),
  ]
}
