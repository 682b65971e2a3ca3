// A tree of criteria by which steps are marked: coarse ones, each with finer ones beneath it.

import { z } from 'zod'
import { checked } from '../data/checked.ts'
import { DataError } from '../errors.ts'
import { cosineOf, countsOf, wordsOf } from '../numbers/likeness.ts'
import type { Problem } from '../types.ts'

const text = z.string().trim().min(1)
const schema = z.array(z.strictObject({ criterion: text, finer: z.array(text) })).min(1)

/** A coarse criterion, and what it is made of; none where it says all itself. */
export interface Branch {
  readonly criterion: string
  readonly finer: readonly string[]
}

/** The tree of a problem, `criteria` of its row. Throws DataError where it has none, or another thing. */
export function criteriaOf({ id, meta }: Problem): readonly Branch[] {
  const fail = (what: string): Error =>
    new DataError(`problem ${id}: its criteria: ${what}; minform write criteria writes some`)
  if (meta.criteria === undefined) throw fail('missing')
  return checked(schema, meta.criteria, fail)
}

/** Of some criteria the so many that are nearest to texts by the words that they share, in their order. */
export function nearestOf(
  criteria: readonly string[],
  texts: readonly string[],
  count: number,
): readonly string[] {
  const words = countsOf(texts.flatMap(wordsOf))
  const likeness = criteria.map(one => cosineOf(countsOf(wordsOf(one)), words))
  const best = [...criteria.keys()].sort((a, b) => likeness[b]! - likeness[a]! || a - b)
  return best
    .slice(0, count)
    .sort((a, b) => a - b)
    .map(c => criteria[c]!)
}
