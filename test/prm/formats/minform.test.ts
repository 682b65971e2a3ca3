import fc from 'fast-check'
import { expect, test } from 'vitest'
import { labelledRowOf } from '../../../src/prm/formats/minform.ts'
import { readLabelled } from '../../../src/prm/formats/read.ts'
import type { LabelledSolution } from '../../../src/prm/solution.ts'
import { fileOf, linesOf } from './files.ts'

const unit = fc.double({ min: 0, max: 1, noNaN: true }).map(x => x + 0) // -0 is not written
const text = fc.oneof(fc.string(), fc.constantFrom('\n\n', ' ки', '\u2028', '"', '\ud800', ''))
const labelled = fc.array(fc.tuple(text, fc.option(unit)), { maxLength: 5 }).chain(steps =>
  fc.record<LabelledSolution>({
    id: text,
    problem: fc.record({
      id: text.filter(id => id !== ''),
      prompt: text,
      answer: fc.option(text),
      solution: fc.option(fc.array(text)),
      meta: fc.dictionary(fc.string(), fc.oneof(fc.integer(), text, fc.constant(null))),
    }),
    steps: fc.constant(steps.map(([step]) => step)),
    labels_S: fc.constant(steps.map(([, label]) => label)),
    meaning: fc.constantFrom('rightness', 'value'),
    answerRight: fc.option(fc.boolean()),
    source: text,
    kind: fc.option(text),
  }),
)
const cutOrNot = labelled.chain(one =>
  fc.constantFrom<LabelledSolution>(one, { ...one, ended: false }, { ...one, ended: true }),
)

test('what is written is read back as it was', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(cutOrNot, { minLength: 1, maxLength: 4, selector: ({ id }) => id }),
      async solutions => {
        const file = linesOf(...solutions.map(labelledRowOf))
        const read = await readLabelled(file)
        expect(read).toEqual({ solutions, bad: [] })
      },
    ),
    { numRuns: 60 },
  )
})

test('a row written by hand may leave out what it does not know', async () => {
  const row = { id: 'a', problem: '1+1?', steps: ['2'], labels: [1], meaning: 'rightness' }
  const { solutions } = await readLabelled(linesOf(row))
  expect(solutions).toEqual([
    {
      id: 'a',
      problem: { id: 'a', prompt: '1+1?', answer: null, solution: null, meta: {} },
      steps: ['2'],
      labels_S: [1],
      meaning: 'rightness',
      answerRight: null,
      source: 'minform',
      kind: null,
    },
  ])
})

test.each([
  [{ labels: [2] }, 'labels[0]: 2; expected a number of at most 1'],
  [{ labels: [1, 0] }, 'labels: 2 for 1 steps; expected one a step'],
  [{ labels: ['+'] }, 'labels[0]: "+"; expected a number'],
  [{ meaning: 'truth' }, 'meaning: "truth"; expected one of "rightness", "value"'],
  [{ steps: 'one' }, 'steps: "one"; expected a list'],
  [{ problem: { prompt: 3 } }, 'problem.id: missing; expected a text'],
])('%j is refused', async (wrong, message) => {
  const row = { id: 'a', problem: '1+1?', steps: ['2'], labels: [1], meaning: 'rightness' }
  const file = fileOf(`${JSON.stringify(row)}\n\n${JSON.stringify({ ...row, ...wrong })}\n`)
  await expect(readLabelled(file)).rejects.toThrow(`${file}:3: ${message}`)
})
