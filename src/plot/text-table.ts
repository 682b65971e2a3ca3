/**
 * Rows of cells in aligned columns: the first, and the last where it is words, to the left and the others to the right, or as
 * `left` says.
 */
export function textTable(
  rows: readonly (readonly string[])[],
  { words = false, left }: { words?: boolean; left?: (column: number) => boolean } = {},
): string {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map(row => row[c]!.length)))
  const isLeft = left ?? (c => c === 0 || (words && c === widths.length - 1))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, c) => (isLeft(c) ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)))
      .join('  ')
      .trimEnd()
  return rows.map(line).join('\n')
}

/** A share as '12.3 %'; '-' where there is none. */
export function percentCell(share: number | null, digits = 1): string {
  return share === null || !Number.isFinite(share) ? '-' : `${(100 * share).toFixed(digits)} %`
}

/** A number with so many digits; '-' where there is none. */
export function numberCell(value: number | null, digits = 3): string {
  return value === null || !Number.isFinite(value) ? '-' : value.toFixed(digits)
}
