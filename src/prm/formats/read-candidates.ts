// Files of candidates, of any format. They are benchmarks, and fit into memory.

import { basename } from 'node:path'
import { type FileRow, fileRows } from '../../data/file-rows.ts'
import { DataError } from '../../errors.ts'
import { bestOfN, type CandidateFormat, type CandidateSet } from './candidates.ts'
import type { BadRow } from './read.ts'
import { rewardBench } from './reward-bench.ts'
import { rewardMath, rewardMathResults } from './reward-math.ts'

/** Every format of candidates, by the name that `--format` takes. */
export const candidateFormats = {
  'best-of-n': bestOfN,
  'rewardmath-results': rewardMathResults,
  rewardmath: rewardMath,
  'reward-bench': rewardBench,
} as const satisfies Readonly<Record<string, CandidateFormat>>

export type CandidateFormatName = keyof typeof candidateFormats
export const candidateFormatNames = Object.keys(candidateFormats) as CandidateFormatName[]

/**
 * The problems of a file with their candidates, in order, and the rows that are left out where `skipBad` asks for it.
 * Throws DataError for a file that cannot be read, of no format, and for the first bad row.
 */
export async function readCandidates(
  file: string,
  { format, skipBad = false }: { format?: CandidateFormatName; skipBad?: boolean } = {},
): Promise<{ readonly sets: CandidateSet[]; readonly bad: BadRow[] }> {
  const bad: BadRow[] = []
  const sets = new Map<string, CandidateSet>()
  let name = format
  for await (const row of fileRows(file)) {
    try {
      name ??= formatOf(row)
      addTo(sets, row, name, basename(file))
    } catch (error) {
      if (!skipBad || !(error instanceof DataError)) throw error
      bad.push({ where: row.where, message: error.message })
    }
  }
  if (sets.size === 0)
    throw new DataError(
      `${file}: no problems with candidates${bad[0] ? `; ${bad[0].message}` : ''}`,
    )
  return { sets: [...sets.values()], bad }
}

function addTo(
  sets: Map<string, CandidateSet>,
  { value, at, where, broken }: FileRow,
  name: CandidateFormatName,
  file: string,
): void {
  if (broken !== null) throw new DataError(`${where}: ${broken}`)
  const { read, parts } = candidateFormats[name]
  const set = read(value, { where, id: `${file}${at}` })
  const before = sets.get(set.id)
  if (before && !parts)
    throw new DataError(`${where}: the id ${JSON.stringify(set.id)} was there before in this file`)
  if (before && before.problem.prompt !== set.problem.prompt)
    throw new DataError(`${where}: problem_id ${set.id} was another problem before`)
  if (set.candidates.length === 0) throw new DataError(`${where}: candidates: there is none`)
  const candidates = [...(before?.candidates ?? []), ...set.candidates]
  sets.set(set.id, { ...set, candidates })
}

function formatOf({ value, where, broken }: FileRow): CandidateFormatName {
  if (broken !== null) throw new DataError(`${where}: ${broken}`)
  const found = candidateFormatNames.filter(name => candidateFormats[name].fits(value))
  if (found.length === 1) return found[0]!
  const names = found.length === 0 ? candidateFormatNames : found
  const listed = names.map(name => `  ${name}: ${candidateFormats[name].about}`).join('\n')
  throw new DataError(
    found.length === 0
      ? `${where}: is of no known format of candidates; there is\n${listed}`
      : `${where}: may be of the formats ${found.join(' or ')}; say which\n${listed}`,
  )
}
