import { type Audit, type AuditRow, auditLimits } from '../../prm/audit/audit.ts'

/** What an audit found, as a table. */
export function auditTable({ scorer, threshold, rows, verdict }: Audit): string {
  const table = [
    ['answer', 'score', 'believed', 'preferred', 'no score', 'verdict', ''],
    ...rows.map(row => [
      row.name,
      Number.isFinite(row.score) ? row.score.toFixed(3) : '-',
      share(row.believed),
      row.name === 'honest' ? '' : share(row.preferred),
      `${row.missing} of ${row.tried}`,
      row.verdict,
      row.about,
    ]),
  ]
  const widths = table[0]!.map((_, i) => Math.max(...table.map(cells => cells[i]!.length)))
  const lines = table.map(cells =>
    cells
      .map((cell, i) => (i === 0 || i > 4 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  )
  return [
    `canaries of ${scorer}; believed: a score above ${threshold}, preferred: above the honest solution's`,
    ...lines,
    `verdict: ${verdict}`,
    '',
  ].join('\n')
}

/** A line on each answer that an audit warns of, and what to do about it. */
export function auditWarnings({ rows }: Pick<Audit, 'rows'>): string[] {
  return rows
    .filter(({ verdict }) => verdict !== 'pass')
    .map(row => `canary '${row.name}' (${row.about}): ${found(row)}${cure(row)}`)
}

function found({ name, believed, preferred, missing, tried }: AuditRow): string {
  if (missing > auditLimits.missing.warn * tried) return `${missing} of ${tried} have no score`
  const of = `of ${tried - missing}`
  if (name === 'honest') return `only ${share(believed)} ${of} are believed`
  return `${share(believed)} ${of} are believed, ${share(preferred)} preferred to the honest solution`
}

function cure({ gate }: AuditRow): string {
  return gate === null ? '' : `; minform train --gate ${gate} takes the reward away`
}

function share(value: number): string {
  return Number.isFinite(value) ? `${(100 * value).toFixed(1)} %` : '-'
}
