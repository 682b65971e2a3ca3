import { expect, test } from 'vitest'
import { readLabelled } from '../../../src/prm/formats/read.ts'
import { linesOf } from './files.ts'

const process = 'Step 1: a\nb ки\nStep 2: c ки\nStep 3: d ки'
const read = async (row: object) => (await readLabelled(linesOf(row))).solutions[0]!

test('labels as numbers, as signs, and under the other name', async () => {
  const expected = { steps: ['a\nb', 'c', 'd'], labels_S: [1, 1, 0], meaning: 'value' }
  expect(await read({ question: 'q ', process, labels: [1, 1, 0] })).toMatchObject(expected)
  expect(await read({ question: 'q', process, label: ['+', '+', '-'] })).toMatchObject(expected)
  expect((await read({ question: 'q ', process, labels: [1, true, 0.25] })).labels_S).toEqual([
    1, 1, 0.25,
  ])
})

test('a label that is missing is unknown, not wrong', async () => {
  expect((await read({ question: 'q', process, labels: [1, null, '-'] })).labels_S).toEqual([
    1,
    null,
    0,
  ])
})

test('steps that five line ends close', async () => {
  const { steps } = await read({
    question: 'q',
    process: 'a\n\nb \n\n\n\n\n c \n\n\n\n\n',
    labels: [1, 0],
  })
  expect(steps).toEqual(['a\n\nb', 'c'])
})

test.each([
  [{ labels: [1, 1] }, 'labels: 2 for 3 steps; expected one a step'],
  [{ labels: [1, '?', 0] }, "labels[1]: \"?\"; expected 0 to 1, '+', '-' or null"],
  [{ labels: [1, [], 0] }, "labels[1]: a list of 0; expected 0 to 1, '+', '-' or null"],
  [{ labels: [1, 1, 2] }, 'labels[2]: expected 0 to 1 or null, got 2'],
  [{ process: 'Step 1: a', labels: [1] }, 'process: has neither ки nor five line ends'],
])('%j is refused', async (wrong, message) => {
  await expect(read({ question: 'q', process, ...wrong })).rejects.toThrow(`:1: ${message}`)
})
