// MATH-APS as a list (OmegaPRM, arXiv:2406.06592; published by openr): the states of a search in any order, each the whole
// text up to there. A state follows the longest other one that its text continues after a line end. States of the same
// text, which were searched more than once, are one, worth the mean of theirs.

import { z } from 'zod'
import { parseRow } from '../../data/row.ts'
import { DataError } from '../../errors.ts'
import { mean } from '../../numbers/numeric.ts'
import { hasFields, type StepFormat } from './format.ts'
import { solutionsOf, type ValueNode } from './math-aps-tree.ts'

const row = z.object({
  question: z.string(),
  final_answer: z.string().nullish(),
  reasoning_steps: z.array(
    z.object({ solution_prefix: z.string(), mc_value: z.number().min(0).max(1) }),
  ),
})

export const mathAps: StepFormat = {
  about: 'question, final_answer, reasoning_steps as a list of solution_prefix, mc_value',
  fits: value =>
    hasFields(value, ['question', 'reasoning_steps']) && Array.isArray(value.reasoning_steps),
  read(value, place, options) {
    const { question, final_answer, reasoning_steps } = parseRow(row, value, place.where)
    const start = question.trim()
    const values = new Map<string, number[]>([[start, []]])
    reasoning_steps.forEach(({ solution_prefix, mc_value }, i) => {
      const text = solution_prefix.trim()
      if (text !== start && !continues(text, start))
        throw new DataError(
          `${place.where}: reasoning_steps[${i}].solution_prefix: does not begin with the question and a line end`,
        )
      values.set(text, [...(values.get(text) ?? []), mc_value])
    })
    const root = treeOf(values, start)
    return solutionsOf(root, question, final_answer ?? null, 'math-aps', place, options)
  },
}

interface Node extends ValueNode {
  readonly whole: string
  readonly children: Node[]
}

function treeOf(values: ReadonlyMap<string, readonly number[]>, start: string): ValueNode {
  const found: Node[] = []
  // the shorter ones first, so that the last that fits is the longest; the sort keeps the file's order of equals
  for (const whole of [...values.keys()].sort((a, b) => a.length - b.length)) {
    const parent = found.findLast(one => continues(whole, one.whole))
    const told = values.get(whole)!
    const text = whole.slice(parent?.whole.length ?? 0)
    const made: Node = { whole, text, value: told.length > 0 ? mean(told) : null, children: [] }
    parent?.children.push(made)
    found.push(made)
  }
  return found.find(({ whole }) => whole === start)!
}

function continues(text: string, start: string): boolean {
  return text.startsWith(start) && /^[^\S\n]*\n/.test(text.slice(start.length))
}
