import { expect, test } from 'vitest'
import { readLabelled } from '../../../src/prm/formats/read.ts'
import { fixture, linesOf } from './files.ts'

const state = (solution_prefix: string, mc_value: number) => ({ solution_prefix, mc_value })
const row = (...reasoning_steps: object[]) => ({
  question: 'q',
  final_answer: '4',
  reasoning_steps,
})

test('a real row: 13 states, of which 10 differ, make 7 solutions', async () => {
  const { solutions } = await readLabelled(fixture('math-aps.jsonl'))
  expect(solutions.map(({ labels_S }) => labels_S)).toEqual([
    [0.046875, 0, 0], // searched twice: 0.03125 and 0.0625
    [0.046875, 1],
    [0.046875, 1],
    [0.046875, 1],
    [1],
    [1],
    [1],
  ])
  expect(solutions[0]!.problem).toMatchObject({ answer: '4', meta: { value: 0.1875 } })
  expect(solutions[0]!.problem.prompt).toMatch(/^Consider sequences .* in the sequence\?$/)
  expect(solutions[0]!.steps[0]).toMatch(/^Given the sequence/)
})

test('states in any order; a prefix ends where a line does', async () => {
  const { solutions } = await readLabelled(
    linesOf(
      row(
        state('q\n\na\n\nb', 0.5),
        state('q', 0.25),
        state('q\n\na', 0.75),
        state('q\n\nab', 0), // begins with a, but is no continuation of it
      ),
    ),
  )
  expect(solutions.map(({ steps, labels_S }) => [steps, labels_S])).toEqual([
    [
      ['a', 'b'],
      [0.75, 0.5],
    ],
    [['ab'], [0]],
  ])
})

test('a label that solutions share may stand once', async () => {
  const file = linesOf(row(state('q\na', 1), state('q\na\nb', 0.5), state('q\na\nc', 0)))
  const labels = async (shared: 'every' | 'once') =>
    (await readLabelled(file, { shared })).solutions.map(({ labels_S }) => labels_S)
  expect(await labels('every')).toEqual([
    [1, 0.5],
    [1, 0],
  ])
  expect(await labels('once')).toEqual([
    [1, 0.5],
    [null, 0],
  ])
})

test.each([
  [row(state('q', 1), state('other\na', 1)), 'reasoning_steps[1].solution_prefix: does not begin'],
  [row(state('q\na', 1.5)), 'reasoning_steps[0].mc_value: 1.5; expected a number of at most 1'],
  [row(state('q', 1)), 'reasoning_steps: there is no step'],
  [{ ...row(), question: 3 }, 'question: 3; expected a text'],
])('%j is refused', async (wrong, message) => {
  await expect(readLabelled(linesOf(wrong))).rejects.toThrow(`:1: ${message}`)
})
