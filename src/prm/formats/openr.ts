// Training rows of openr: a question, the tagged steps in one text, a label each.

import { z } from 'zod'
import { parseRow } from '../../data/row.ts'
import { DataError } from '../../errors.ts'
import { asProblem, hasFields, type StepFormat } from './format.ts'
import { bareStep, stepTags } from './tagged-steps.ts'

const signs: Readonly<Record<string, number>> = { '+': 1, '-': 0 }
const label = z.preprocess(
  value =>
    typeof value === 'string' ? signs[value] : typeof value === 'boolean' ? Number(value) : value,
  z.number("expected 0 to 1, '+', '-' or null").nullable(),
)
const row = z.object({ question: z.string(), process: z.string(), labels: z.array(label) })

export const openr: StepFormat = {
  about: 'question, process with a ки (or five line ends) after each step, labels',
  fits: value =>
    hasFields(value, ['question', 'process', 'labels']) ||
    hasFields(value, ['question', 'process', 'label']),
  read(value, { where, id }) {
    const named = hasFields(value, ['label'], ['labels'])
      ? { ...value, labels: value.label }
      : value
    const { question, process, labels } = parseRow(row, named, where)
    const tag = stepTags.find(one => process.includes(one))
    if (tag === undefined)
      throw new DataError(`${where}: process: has neither ки nor five line ends, which end a step`)
    const steps = process.split(tag).map(bareStep)
    if (steps.at(-1) === '') steps.pop()
    return [
      {
        id,
        problem: asProblem(id, question.trim()),
        steps,
        labels_S: labels,
        meaning: 'value',
        answerRight: null,
        source: 'openr',
        kind: null,
      },
    ]
  },
}
