// What is evaluated: labelled solutions or candidates, of a file or of the files of a folder.

import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileRows } from '../../data/file-rows.ts'
import { DataError } from '../../errors.ts'
import type { CandidateSet } from '../../prm/formats/candidates.ts'
import { formatsOf } from '../../prm/formats/index.ts'
import { type BadRow, type ReadOptions, readLabelled } from '../../prm/formats/read.ts'
import {
  type CandidateFormatName,
  candidateFormatNames,
  candidateFormats,
  readCandidates,
} from '../../prm/formats/read-candidates.ts'
import type { LabelledSolution } from '../../prm/solution.ts'

export type Subject = LabelledSubject | CandidateSubject

export interface LabelledSubject {
  readonly kind: 'labelled'
  readonly benchmark: 'labelled' | 'processbench' | 'prmbench'
  readonly solutions: readonly LabelledSolution[]
  readonly bad: readonly BadRow[]
}

export interface CandidateSubject {
  readonly kind: 'candidates'
  readonly benchmark: 'rewardmath' | 'reward-bench' | 'best-of-n'
  readonly sets: readonly CandidateSet[]
  readonly bad: readonly BadRow[]
}

type Reading = Omit<ReadOptions, 'onBad' | 'format'> & { readonly skipBad: boolean }

/** Reads what is evaluated; the files of a folder are one set of labelled solutions. */
export async function readSubject(
  path: string,
  format: string | undefined,
  options: Reading,
): Promise<Subject> {
  const candidates = await candidateFormatOf(path, format)
  if (candidates !== null) {
    const { sets, bad } = await readCandidates(path, {
      format: candidates,
      skipBad: options.skipBad,
    })
    const named = candidates === 'best-of-n' || candidates === 'reward-bench'
    return { kind: 'candidates', benchmark: named ? candidates : 'rewardmath', sets, bad }
  }
  const parts = []
  for (const file of filesOf(path))
    parts.push(await readLabelled(file, { ...options, ...named(format), originals: true }))
  const solutions = parts.flatMap(part => part.solutions)
  requireDistinct(solutions, path)
  const [source, ...others] = [...new Set(solutions.map(one => one.source))]
  const known = source === 'processbench' || source === 'prmbench'
  return {
    kind: 'labelled',
    benchmark: known && others.length === 0 ? source : 'labelled',
    solutions,
    bad: parts.flatMap(part => part.bad),
  }
}

/** The data files of a folder, in order of name; a file is its own only one. */
export function filesOf(path: string): string[] {
  if (path === '-' || !existsSync(path) || !statSync(path).isDirectory()) return [path]
  const names = readdirSync(path).filter(name => /\.(jsonl?|parquet)(\.gz)?$/.test(name))
  if (names.length === 0)
    throw new DataError(`${path}: a folder without .json, .jsonl or .parquet files`)
  return names.sort().map(name => join(path, name))
}

/** The format of candidates that is named or that the first row has; null where it is one of labelled solutions. */
async function candidateFormatOf(
  path: string,
  format: string | undefined,
): Promise<CandidateFormatName | null> {
  if (format !== undefined) return candidateFormatNames.find(name => name === format) ?? null
  if (path === '-' || filesOf(path)[0] !== path) return null // what is read once cannot be looked into
  for await (const { value } of fileRows(path)) {
    if (formatsOf(value).length > 0) return null
    return candidateFormatNames.find(name => candidateFormats[name].fits(value)) ?? null
  }
  return null
}

function named(format: string | undefined): Pick<ReadOptions, 'format'> {
  return format === undefined ? {} : ({ format } as Pick<ReadOptions, 'format'>)
}

function requireDistinct(solutions: readonly LabelledSolution[], path: string): void {
  const seen = new Set<string>()
  for (const { id } of solutions) {
    if (seen.has(id)) throw new DataError(`${path}: two files have the solution ${id}`)
    seen.add(id)
  }
}
