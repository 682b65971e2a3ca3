// TRL's stepwise supervision: a prompt, its steps, a verdict each (docs/source/dataset_formats.md of TRL).

import { z } from 'zod'
import { parseRow } from '../../data/row.ts'
import type { LabelledSolution } from '../solution.ts'
import { asProblem, hasFields, type StepFormat } from './format.ts'

const trlRow = z.object({
  prompt: z.string(),
  completions: z.array(z.string()),
  labels: z.array(z.boolean()),
})
export type TrlRow = z.infer<typeof trlRow>

export const trl: StepFormat = {
  about: 'prompt, completions, labels (true or false)',
  fits: row => hasFields(row, ['prompt', 'completions', 'labels']),
  read(value, { where, id }) {
    const { prompt, completions, labels } = parseRow(trlRow, value, where)
    return [
      {
        id,
        problem: asProblem(id, prompt),
        steps: completions,
        labels_S: labels.map(Number),
        meaning: 'rightness',
        answerRight: null,
        source: 'trl',
        kind: null,
      },
    ]
  },
}

/**
 * A labelled solution as a row for TRL: a step is right where its label is `threshold` or more. TRL has no unknown
 * label, so that the solution ends before its first step without one; null where that is the first.
 */
export function trlRowOf(
  { problem, steps, labels_S }: LabelledSolution,
  { threshold = 0.5 } = {},
): TrlRow | null {
  const unknown = labels_S.indexOf(null)
  const count = unknown < 0 ? steps.length : unknown
  if (count === 0) return null
  return {
    prompt: problem.prompt,
    completions: steps.slice(0, count),
    labels: labels_S.slice(0, count).map(label => label! >= threshold),
  }
}
