import { expect, test } from 'vitest'
import { readLabelled } from '../../../src/prm/formats/read.ts'
import { fixture, linesOf } from './files.ts'

test('rows in its layout', async () => {
  const { solutions } = await readLabelled(fixture('math-shepherd.jsonl'))
  expect(solutions.map(({ labels_S }) => labels_S.join(''))).toEqual([
    '11110',
    '000',
    '00',
    '00000',
    '10000',
    '00',
    '000',
  ])
  const [first] = solutions
  expect(first!.problem.prompt).toMatch(/^A gardener plants .* takes 25 of them\?$/)
  expect(first!.steps[0]).toBe('The tulips are 6 * 14 = <<6*14=84>>84 flowers.')
  expect(first!.steps[4]).toMatch(/9\.5 flowers\. The answer is: 9\.5$/)
  expect(first).toMatchObject({ meaning: 'value', kind: 'GSM8K', answerRight: null })
})

const read = async (input: string, label: string) =>
  (await readLabelled(linesOf({ input, label, task: 'MATH' }))).solutions[0]!

test('steps of several lines, a + in the text, a last step without a verdict', async () => {
  const { problem, steps, labels_S } = await read(
    'Is 1+1 - 2 = 0? Step 1: 1+1\nis 2 ки\nStep 2: 2 - 2 ки\nStep 3: so',
    'Is 1+1 - 2 = 0? Step 1: 1+1\nis 2 -\nStep 2: 2 - 2 +\nStep 3: so',
  )
  expect(problem.prompt).toBe('Is 1+1 - 2 = 0?')
  expect(steps).toEqual(['1+1\nis 2', '2 - 2', 'so'])
  expect(labels_S).toEqual([0, 1, null])
})

test('a question that names steps of its own is whole', async () => {
  const question = 'Step 1: take 3. Step 2: add 4. What comes of step 2?'
  const { problem, steps } = await read(
    `${question} Step 1: 3+4=7 ки\nStep 2: 7 ки`,
    `${question} Step 1: 3+4=7 +\nStep 2: 7 +`,
  )
  expect(problem.prompt).toBe(question)
  expect(steps).toEqual(['3+4=7', '7'])
})

test.each([
  ['q 1 ки', 'q 1 +', "input: has no 'Step 1:'"],
  ['q Step 1: a', 'q Step 1: a', 'input: has no ки, which ends a step'],
  ['q Step 1: a ки', 'q Step 1: b +', 'label: is not the text of input in or before step 1'],
  ['q Step 1: a ки', 'q Step 1: a ?', 'label: expected + or - after step 1, got "?"'],
  ['q Step 1: a ки', 'q Step 1: a ', 'label: expected + or - after step 1, got ""'],
  ['q Step 1: a ки\nStep 2: b ки', 'q Step 1: a +\nStep 2: b', 'label: is not the text'],
  ['q Step 1: a ки', 'q Step 1: a + -', 'label: goes on where input has ended'],
  [
    'q Step 1: a ки\nStep 2: ки\nStep 3: c ки',
    'q Step 1: a +\nStep 2: +\nStep 3: c +',
    'steps[1]: is empty',
  ],
])('%j with %j is refused', async (input, label, message) => {
  await expect(read(input, label)).rejects.toThrow(message)
})
