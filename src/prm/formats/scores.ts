// Scores of steps that were computed before: one solution a row.

import { z } from 'zod'
import { fileRows } from '../../data/file-rows.ts'
import { parseRow } from '../../data/row.ts'
import { DataError } from '../../errors.ts'
import type { StepScores } from '../score/step-scorer.ts'

const row = z.object({
  id: z.union([z.string(), z.number().transform(String)]),
  scores: z.array(z.number().nullable()).nullable(), // null where a solution could not be scored
})

/**
 * Scores by the id of their solution, from rows of {id, scores} as `minform prm score` writes them; null of one that could
 * not be scored. A row that is none, or an id twice, is a DataError.
 */
export async function readScores(file: string): Promise<Map<string, StepScores | null>> {
  const found = new Map<string, StepScores | null>()
  for await (const { value, where, broken } of fileRows(file)) {
    if (broken !== null) throw new DataError(`${where}: ${broken}`)
    const { id, scores } = parseRow(row, value, where)
    if (found.has(id))
      throw new DataError(`${where}: the id ${JSON.stringify(id)} was there before in this file`)
    found.set(id, scores)
  }
  if (found.size === 0) throw new DataError(`${file}: no scores; expected {id, scores} a row`)
  return found
}
