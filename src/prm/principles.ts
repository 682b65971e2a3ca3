// By what principles a judge is told to mark steps: the problem's own, or those that hold for any.

import { z } from 'zod'
import { checked } from '../data/checked.ts'
import { DataError } from '../errors.ts'
import type { Problem } from '../types.ts'

const schema = z.array(z.string().trim().min(1)).min(1)

const general = [
  'It is right: what it says and computes is so.',
  'It follows from what stands before it, and uses what that found.',
  'It brings the solution nearer to what the problem asks.',
  'It says nothing again, and nothing that does not help.',
]

/** The principles of a problem, `principles` of its row, else four general ones (PPR, arXiv:2509.25598, section 3.1). */
export function principlesOf({ id, meta }: Problem): readonly string[] {
  if (meta.principles === undefined) return general
  return checked(
    schema,
    meta.principles,
    what => new DataError(`problem ${id}: its principles: ${what}`),
  )
}
