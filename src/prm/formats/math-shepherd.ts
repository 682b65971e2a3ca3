// Math-Shepherd (arXiv:2312.08935): the text, and the text again with a verdict in place of each tag. The verdicts say
// whether some completion from there reached the answer, so that a `-` may be followed by a `+`.

import { z } from 'zod'
import { parseRow } from '../../data/row.ts'
import { DataError } from '../../errors.ts'
import { asProblem, hasFields, type StepFormat } from './format.ts'
import { bareStep, stepTags } from './tagged-steps.ts'

const row = z.object({ input: z.string(), label: z.string(), task: z.string().nullish() })
const [tag] = stepTags

export const mathShepherd: StepFormat = {
  about: 'input with a ки after each step, label with + or - in its place, task',
  fits: value => hasFields(value, ['input', 'label']),
  read(value, { where, id }) {
    const { input, label, task } = parseRow(row, value, where)
    const parts = input.split(tag)
    // a question may name steps, too: those of the solution come last before the first tag
    const start = parts[0]!.lastIndexOf('Step 1:')
    if (start < 0) throw new DataError(`${where}: input: has no 'Step 1:', where the steps begin`)
    if (parts.length === 1) throw new DataError(`${where}: input: has no ${tag}, which ends a step`)
    const verdicts = verdictsOf(parts, label, where)
    const texts = [parts[0]!.slice(start), ...parts.slice(1)].map(bareStep)
    const closed = texts.at(-1) === '' // else what follows the last tag is a step without a label
    return [
      {
        id,
        problem: asProblem(id, input.slice(0, start).trim()),
        steps: closed ? texts.slice(0, -1) : texts,
        labels_S: closed ? verdicts : [...verdicts, null],
        meaning: 'value',
        answerRight: null,
        source: 'math-shepherd',
        kind: task ?? null,
      },
    ]
  },
}

/** One verdict a tag: both texts are walked together, since a tag is longer than what stands for it. */
function verdictsOf(parts: readonly string[], label: string, where: string): number[] {
  const verdicts: number[] = []
  let at = 0
  parts.forEach((part, s) => {
    if (!label.startsWith(part, at))
      throw new DataError(`${where}: label: is not the text of input in or before step ${s + 1}`)
    at += part.length
    if (s === parts.length - 1) return
    const verdict = '-+'.indexOf(label[at] ?? ' ')
    if (verdict < 0)
      throw new DataError(
        `${where}: label: expected + or - after step ${s + 1}, got ${JSON.stringify(label.slice(at, at + 5))}`,
      )
    verdicts.push(verdict)
    at++
  })
  if (at < label.length) throw new DataError(`${where}: label: goes on where input has ended`)
  return verdicts
}
