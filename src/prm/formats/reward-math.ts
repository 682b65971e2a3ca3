// RewardMATH (arXiv:2410.01729): a problem, its right solution, and nine wrong ones of other models. Its results hold
// the scores of each, its benchmark one solution a row.

import { z } from 'zod'
import { parseRow } from '../../data/row.ts'
import { DataError } from '../../errors.ts'
import type { CandidateFormat } from './candidates.ts'
import { asProblem, hasFields } from './format.ts'

/** Who wrote the right solutions. */
const right = 'human_to_GPT-4'

const results = z.object({
  problem: z.string(),
  solution_reference: z.array(z.string()),
  score: z.union(
    [z.array(z.array(z.number())), z.array(z.number())],
    'expected a list of scores a solution, or one score a solution',
  ),
})

/** Results: who wrote each solution, and its score or those of its steps; the texts are not there. */
export const rewardMathResults: CandidateFormat = {
  about: 'problem, solution_reference, score (a list of steps’ scores, or one number, a solution)',
  fits: value => hasFields(value, ['problem', 'solution_reference', 'score']),
  parts: false,
  read(value, { where, id }) {
    const { problem, solution_reference, score } = parseRow(results, value, where)
    if (score.length !== solution_reference.length)
      throw new DataError(
        `${where}: score: ${score.length} for ${solution_reference.length} solutions; expected one each`,
      )
    if (!solution_reference.includes(right))
      throw new DataError(`${where}: solution_reference: names no ${right}, the right solution`)
    return {
      id,
      problem: asProblem(id, problem),
      candidates: score.map((one, c) => ({
        by: solution_reference[c]!,
        steps: null,
        answer: null,
        right: solution_reference[c] === right,
        scores_S: typeof one === 'number' ? null : one,
        score: typeof one === 'number' ? one : null,
      })),
    }
  },
}

const benchmark = z.object({
  problem: z.string(),
  answer: z.string().nullish(),
  eval_solution: z.array(z.string()),
  solution_reference: z.string(),
  solution_type: z.enum(['chosen', 'rejected']),
  problem_id: z.union([z.number(), z.string()]),
})

/** The benchmark itself, to be scored: one solution a row. */
export const rewardMath: CandidateFormat = {
  about: 'problem, answer, eval_solution, solution_reference, solution_type, problem_id',
  fits: value => hasFields(value, ['eval_solution', 'solution_type', 'problem_id']),
  parts: true,
  read(value, { where }) {
    const one = parseRow(benchmark, value, where)
    const id = String(one.problem_id)
    return {
      id,
      problem: asProblem(id, one.problem, { answer: one.answer ?? null }),
      candidates: [
        {
          by: one.solution_reference,
          steps: one.eval_solution,
          answer: null,
          right: one.solution_type === 'chosen',
          scores_S: null,
          score: null,
        },
      ],
    }
  },
}
