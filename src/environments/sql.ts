import { z } from 'zod'
import { VerifierError } from '../errors.ts'
import { overlap } from '../numbers/overlap.ts'
import type { Table } from '../sandbox/job.ts'
import { isTagged } from '../text/answer-tags.ts'
import { judging, type Run } from './judging.ts'
import { bigrams, namesIn, schemaNames } from './sql-words.ts'

const meta = z.looseObject({ setup: z.string(), query: z.string() })

/**
 * Runs the query of a rollout on the tables that `meta.setup` makes, and that of `meta.query`: the outcome is 1 where both find
 * the same rows. Its parts (Reasoning-SQL, arXiv:2503.23157): `runs`, it is a query that ends; `schema`, the tables and columns
 * that both name, of those that either does; `bigrams`, likewise of neighbouring words; `format`, it is all that stands in tags.
 */
export const sql = judging(
  'sql',
  meta,
  ({ setup, query: gold }) => {
    const names = schemaNames(setup)
    return async (said, run) => {
      const query = said?.answer ?? null
      const format = Number(said !== null && isTagged(said.text))
      if (query === null) return { outcome: 0, parts: { runs: 0, schema: 0, bigrams: 0, format } }
      const right = await found(setup, gold, run)
      const ran = await run({ language: 'sql', setup, query })
      const table = ran.ended === 'value' && 'table' in ran ? ran.table : null
      return {
        outcome: Number(table !== null && sameRows(table, right, isOrdered(gold))),
        parts: {
          runs: Number(table !== null),
          schema: overlap(namesIn(query, names), namesIn(gold, names)),
          bigrams: overlap(bigrams(query), bigrams(gold)),
          format,
        },
      }
    }
  },
  { what: 'your query in SQL' },
)

/** What the known query finds; one that finds nothing that can be compared is nobody's fault but the problem's. */
async function found(setup: string, query: string, run: Run): Promise<Table> {
  const ran = await run({ language: 'sql', setup, query })
  if (ran.ended === 'value' && 'table' in ran) return ran.table
  const why = ran.ended === 'value' ? 'no table' : ran.message
  throw new VerifierError(`the known query cannot be run: ${why}`)
}

function isOrdered(query: string): boolean {
  return /\border\s+by\b[^)]*$/i.test(query)
}

/** Whether two tables hold the same rows as often; in the same order, where that was asked for. Names of columns are free. */
export function sameRows(a: Table, b: Table, ordered: boolean): boolean {
  const texts = ({ rows }: Table): string[] => {
    const all = rows.map(row => JSON.stringify(row))
    return ordered ? all : all.sort()
  }
  if (a.columns.length !== b.columns.length || a.rows.length !== b.rows.length) return false
  const [left, right] = [texts(a), texts(b)]
  return left.every((row, i) => row === right[i])
}
