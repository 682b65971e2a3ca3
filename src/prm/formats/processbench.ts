// ProcessBench (arXiv:2412.06559): solutions with the index of the first wrong step, -1 where every step is right. What
// comes after the first wrong step has no label.

import { z } from 'zod'
import { parseRow } from '../../data/row.ts'
import { DataError } from '../../errors.ts'
import { asProblem, hasFields, type StepFormat } from './format.ts'

const row = z.object({
  id: z.string(),
  generator: z.string().nullish(),
  problem: z.string(),
  steps: z.array(z.string()),
  final_answer_correct: z.boolean().nullish(),
  label: z.int(),
})

export const processbench: StepFormat = {
  about: 'id, problem, steps, label (index of the first wrong step, or -1)',
  fits: value => hasFields(value, ['problem', 'steps', 'label']),
  read(value, { where }) {
    const { id, generator, problem, steps, final_answer_correct, label } = parseRow(
      row,
      value,
      where,
    )
    if (label < -1 || label >= steps.length)
      throw new DataError(
        `${where}: label: is ${label}, but there are ${steps.length} steps; expected -1 to ${steps.length - 1}`,
      )
    return [
      {
        id,
        problem: asProblem(id, problem, { meta: generator ? { generator } : {} }),
        steps,
        labels_S: steps.map((_, s) => (label < 0 || s < label ? 1 : s === label ? 0 : null)),
        meaning: 'rightness',
        answerRight: final_answer_correct ?? null,
        source: 'processbench',
        kind: id.replace(/-\d+$/, ''), // the subset: its ids are gsm8k-0, math-12, ...
      },
    ]
  },
}
