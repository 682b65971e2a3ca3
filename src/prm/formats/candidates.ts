// Several solutions of a problem, to be chosen among: the record of best-of-n and of RewardMATH, with its own format.

import { z } from 'zod'
import { parseRow } from '../../data/row.ts'
import { DataError } from '../../errors.ts'
import type { Problem } from '../../types.ts'
import { asProblem, hasFields, type RowPlace } from './format.ts'
import { stepsOf } from './solution-rows.ts'

/** One solution of a problem. */
export interface Candidate {
  readonly by: string | null // who wrote it
  readonly steps: readonly string[] | null // null where a file has no texts
  readonly answer: string | null // as the file gives it; null where it gives none
  readonly right: boolean | null // whether the answer is; null where nobody has said
  readonly scores_S: readonly (number | null)[] | null // of its steps
  readonly score: number | null // of the whole, by a judge of outcomes
}

/** A problem and the solutions among which one is chosen. */
export interface CandidateSet {
  readonly id: string
  readonly kind?: string // what its source sorts it under
  readonly problem: Problem // its answer is the known one, if there is one
  readonly candidates: readonly Candidate[]
}

export interface CandidateFormat {
  readonly about: string
  readonly fits: (row: unknown) => boolean
  /** A row is a set, or a part of one: sets of the same id are put together, in order. */
  readonly read: (row: unknown, place: RowPlace) => CandidateSet
  readonly parts: boolean // whether a row may be a part
}

const answer = z.union([z.string(), z.number().transform(String)]).nullish()
const row = z.object({
  id: z.union([z.string(), z.number().transform(String)]).nullish(),
  problem: z.string().nullish(),
  question: z.string().nullish(),
  answer,
  candidates: z.array(
    z.object({
      by: z.string().nullish(),
      steps: z.array(z.string()).nullish(),
      text: z.string().nullish(),
      answer,
      right: z.boolean().nullish(),
      scores: z.array(z.number().nullable()).nullish(),
      score: z.number().nullish(),
    }),
  ),
})
type Written = z.infer<typeof row>['candidates'][number]

/** Rows of best-of-n: a problem, its known answer, and candidates of steps (or a text) with scores, if there are any. */
export const bestOfN: CandidateFormat = {
  about: 'problem (or question), answer, candidates of steps or text, answer, right, scores',
  fits: value => hasFields(value, ['candidates']),
  parts: false,
  read(value, place) {
    const { id, problem, question, answer: gold, candidates } = parseRow(row, value, place.where)
    const text = problem ?? question
    if (text == null)
      throw new DataError(`${place.where}: problem: is missing; expected it, or question`)
    const name = id ?? place.id
    return {
      id: name,
      problem: asProblem(name, text, { answer: gold ?? null }),
      candidates: candidates.map((one, c) => candidateOf(one, `${place.where}: candidates[${c}]`)),
    }
  },
}

function candidateOf(one: Written, where: string): Candidate {
  const steps = one.steps ?? (one.text == null ? null : stepsOf(one.text))
  const scores_S = one.scores ?? null
  if (steps && scores_S && steps.length !== scores_S.length)
    throw new DataError(
      `${where}.scores: ${scores_S.length} for ${steps.length} steps; expected one a step`,
    )
  return {
    by: one.by ?? null,
    steps,
    answer: one.answer ?? null,
    right: one.right ?? null,
    scores_S,
    score: one.score ?? null,
  }
}
