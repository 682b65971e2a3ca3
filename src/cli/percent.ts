/** A share as a percentage, "-" where there is none. */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : '-'
}
