import { expect, test } from 'vitest'
import { DataError } from '../../../src/errors.ts'
import { solutionOfRow, stepsOf } from '../../../src/prm/formats/solution-rows.ts'

const read = (row: unknown) => solutionOfRow(row, { where: 'f:3', id: '3' })

test('a solution of a bare question, by steps or by a text', () => {
  const problem = { id: '3', prompt: 'Q?', answer: null, solution: null, meta: {} }
  expect(read({ prompt: 'Q?', steps: ['a', ''] })).toEqual({ id: '3', problem, steps: ['a', ''] })
  expect(read({ question: 'Q?', text: 'a\n\nb\nc\n \n\n\nd\n' }).steps).toEqual(['a', 'b\nc', 'd'])
  expect(read({ prompt: 'Q?', completions: ['a'], labels: [true] }).steps).toEqual(['a'])
  expect(read({ id: 7, problem: 'Q?', steps: [], ended: false })).toEqual({
    id: '7',
    problem: { ...problem, id: '7' },
    steps: [],
    ended: false,
  })
})

test('a whole problem keeps what is known of it', () => {
  const problem = { id: 'p', prompt: 'Q?', answer: '4', solution: ['s'], meta: { a: 1 } }
  expect(read({ id: 'x', problem, steps: ['a'], labels: [1] }).problem).toEqual(problem)
})

test.each([
  [{ steps: ['a'] }, 'f:3: expected one of problem, prompt, question; found none of them'],
  [{ prompt: 'Q', problem: 'Q', steps: [] }, 'f:3: expected one of problem, prompt, question'],
  [{ prompt: 'Q' }, 'f:3: expected one of steps, completions, text; found none of them'],
  [{ prompt: 'Q', steps: [], text: '' }, 'found steps and text'],
  [{ prompt: 'Q', steps: ['a', 1] }, 'f:3: steps[1]: '],
  [{ prompt: 1, steps: [] }, 'f:3: prompt: '],
  ['text', 'f:3: the row: '],
])('%j is refused', (row, message) => {
  expect(() => read(row)).toThrow(DataError)
  expect(() => read(row)).toThrow(message)
})

test('blank lines part a text', () => {
  expect(stepsOf('')).toEqual([])
  expect(stepsOf('one\ntwo')).toEqual(['one\ntwo'])
})
