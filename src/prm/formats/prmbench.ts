// PRMBench (arXiv:2501.03124): right solutions and what was made of them, with every wrong step named, from 1. Judged is
// the modified one; every step has a label. `redundency` is spelled as the files spell it.

import { z } from 'zod'
import { parseRow } from '../../data/row.ts'
import { DataError } from '../../errors.ts'
import type { LabelledSolution } from '../solution.ts'
import { asProblem, hasFields, type StepFormat } from './format.ts'

const row = z.object({
  idx: z.string(),
  classification: z.string(),
  original_question: z.string().nullish(),
  original_process: z.array(z.string()).nullish(),
  modified_question: z.string(),
  modified_process: z.array(z.string()),
  error_steps: z.array(z.int()).nullish(),
  ground_truth: z.string().nullish(),
})

export const prmbench: StepFormat = {
  about: 'modified_question, modified_process, error_steps (from 1), classification, idx',
  fits: value => hasFields(value, ['modified_process', 'error_steps', 'classification']),
  read(value, { where }, { originals = false }) {
    const one = parseRow(row, value, where)
    const { classification, idx } = one
    const wrong = one.error_steps ?? []
    const outside = wrong.find(k => k < 1 || k > one.modified_process.length)
    if (outside !== undefined)
      throw new DataError(
        `${where}: error_steps: names step ${outside} of ${one.modified_process.length}; steps count from 1`,
      )
    const solution = (kind: string, question: string, steps: string[], errors: number[]) =>
      asLabelled(`${kind}_${idx}`, kind, question, one.ground_truth ?? null, steps, errors)
    const modified = solution(classification, one.modified_question, one.modified_process, wrong)
    if (!originals || classification !== 'redundency') return [modified]
    const { original_question, original_process } = one
    if (!original_question || !original_process)
      throw new DataError(`${where}: original_process: is missing, and originals are asked for`)
    return [modified, solution('correct', original_question, original_process, [])]
  },
}

function asLabelled(
  id: string,
  kind: string,
  question: string,
  answer: string | null,
  steps: readonly string[],
  wrong: readonly number[],
): LabelledSolution {
  return {
    id,
    problem: asProblem(id, question, { answer }),
    steps,
    labels_S: steps.map((_, s) => (wrong.includes(s + 1) ? 0 : 1)),
    meaning: 'rightness',
    answerRight: null,
    source: 'prmbench',
    kind,
  }
}
