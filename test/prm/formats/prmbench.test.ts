import { expect, test } from 'vitest'
import { readLabelled } from '../../../src/prm/formats/read.ts'
import { fixture, linesOf } from './files.ts'

const file = fixture('prmbench.jsonl')

test('rows of the shape of its files: wrong steps count from 1, and every step has a label', async () => {
  const { solutions } = await readLabelled(file)
  expect(solutions.map(({ id, labels_S, kind }) => [id, labels_S, kind])).toEqual([
    ['redundency_prm_test_p1_0', [1, 0, 1], 'redundency'],
    ['confidence_prm_test_p1_0', [1, 0], 'confidence'],
    ['multi_solutions_prm_test_p1_2', [1, 1], 'multi_solutions'],
  ])
  expect(solutions[0]!.steps[1]).toBe('2. As noted, 6 * 4 is asked for.')
})

test('the right solutions come along on demand', async () => {
  const { solutions } = await readLabelled(file, { originals: true })
  expect(solutions.map(({ id }) => id)).toEqual([
    'redundency_prm_test_p1_0',
    'correct_prm_test_p1_0',
    'confidence_prm_test_p1_0',
    'multi_solutions_prm_test_p1_2',
  ])
  expect(solutions[1]).toMatchObject({ labels_S: [1, 1], kind: 'correct' })
})

test.each([
  [{ error_steps: [0] }, 'error_steps: names step 0 of 2; steps count from 1'],
  [{ error_steps: [3] }, 'error_steps: names step 3 of 2; steps count from 1'],
  [{ error_steps: ['1'] }, 'error_steps[0]: "1"; expected a'],
  [{ classification: null }, 'classification: null; expected a text'],
])('%j is refused', async (wrong, message) => {
  const row = {
    idx: 'a',
    classification: 'circular',
    modified_question: 'q',
    modified_process: ['a', 'b'],
    error_steps: [1],
    ...wrong,
  }
  await expect(readLabelled(linesOf(row))).rejects.toThrow(`:1: ${message}`)
})
