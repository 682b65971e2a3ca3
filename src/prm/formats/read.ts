// Files of labelled solutions, of any format, row by row: a file may be larger than memory.

import { basename } from 'node:path'
import { type FileRow, fileRows } from '../../data/file-rows.ts'
import { DataError } from '../../errors.ts'
import type { LabelledSolution } from '../solution.ts'
import { checkedSolution, type SolutionRules } from './checked.ts'
import type { FormatOptions } from './format.ts'
import { type FormatName, formatNames, formatsOf, stepFormats } from './index.ts'

/** A row that was left out, and why. */
export interface BadRow {
  readonly where: string
  readonly message: string // begins with where
}

export interface ReadOptions extends FormatOptions, SolutionRules {
  /** Default: the one format whose fields the first row has. */
  readonly format?: FormatName
  /** Is told of every row that does not hold what it should; without it the first such row is thrown. */
  readonly onBad?: (row: BadRow) => void
}

/**
 * The labelled solutions of a file ('-': standard input), in order. Throws DataError for a file that cannot be read, that
 * is of no format or of several, and, unless `onBad` is there, for the first bad row.
 */
export async function* labelledSolutions(
  file: string,
  options: ReadOptions = {},
): AsyncGenerator<LabelledSolution> {
  const { onBad } = options
  if (options.format !== undefined) stepFormats[options.format].check?.(options)
  let format = options.format ?? null
  const seen = new Set<string>()
  for await (const row of fileRows(file)) {
    try {
      format ??= formatOf(row, options)
      yield* solutionsOf(row, format, basename(file), seen, options)
    } catch (error) {
      if (!onBad || !(error instanceof DataError)) throw error
      onBad({ where: row.where, message: error.message })
    }
  }
}

/** All labelled solutions of a file, and its bad rows where they are skipped. Throws as labelledSolutions does. */
export async function readLabelled(
  file: string,
  { skipBad = false, ...options }: Omit<ReadOptions, 'onBad'> & { readonly skipBad?: boolean } = {},
): Promise<{ readonly solutions: LabelledSolution[]; readonly bad: BadRow[] }> {
  const bad: BadRow[] = []
  const solutions: LabelledSolution[] = []
  const onBad = (row: BadRow): unknown => bad.push(row)
  for await (const one of labelledSolutions(file, { ...options, ...(skipBad ? { onBad } : {}) }))
    solutions.push(one)
  if (solutions.length > 0) return { solutions, bad }
  throw new DataError(
    bad.length === 0
      ? `${file}: no labelled solutions; expected one a row`
      : `${file}: none of its ${bad.length} rows can be read; the first: ${bad[0]!.message}`,
  )
}

/** A whole row, or nothing of it: a solution that breaks a rule takes the others of its row with it. */
function solutionsOf(
  { value, at, where, broken }: FileRow,
  name: FormatName,
  file: string,
  seen: Set<string>,
  options: ReadOptions,
): LabelledSolution[] {
  if (broken !== null) throw new DataError(`${where}: ${broken}`)
  const place = { where, id: `${file}${at}` }
  const read = stepFormats[name].read(value, place, options)
  const rules = { emptySteps: name === 'minform', ...options }
  const checked = read.map(solution => checkedSolution(solution, where, rules))
  const ids = checked.map(({ id }) => id)
  const again = ids.find((id, i) => seen.has(id) || ids.indexOf(id) < i)
  if (again !== undefined)
    throw new DataError(`${where}: the id ${JSON.stringify(again)} was there before in this file`)
  for (const id of ids) seen.add(id)
  return checked
}

function formatOf({ value, where, broken }: FileRow, options: ReadOptions): FormatName {
  if (broken !== null) throw new DataError(`${where}: ${broken}`)
  const [found, ...others] = formatsOf(value)
  if (found === undefined)
    throw new DataError(
      `${where}: is of no known format; there is ${formatNames.join(', ')}, which have\n${listed(formatNames)}`,
    )
  if (others.length > 0)
    throw new DataError(
      `${where}: may be of the formats ${[found, ...others].join(' or ')}; say which\n${listed([found, ...others])}`,
    )
  stepFormats[found].check?.(options)
  return found
}

function listed(names: readonly FormatName[]): string {
  return names.map(name => `  ${name}: ${stepFormats[name].about}`).join('\n')
}
