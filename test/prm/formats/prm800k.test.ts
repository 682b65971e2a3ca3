import { expect, test } from 'vitest'
import { readLabelled } from '../../../src/prm/formats/read.ts'
import { fixture, linesOf } from './files.ts'

const file = fixture('prm800k.jsonl')

test('the neutral rating is what is said, and must be said', async () => {
  await expect(readLabelled(file)).rejects.toThrow(
    'PRM800K rates steps -1, 0 and 1, and readers disagree on 0; say which it is: positive, negative, unknown',
  )
  const labels = async (neutral: 'positive' | 'negative' | 'unknown') =>
    (await readLabelled(file, { neutral })).solutions[1]!.labels_S
  expect(await labels('positive')).toEqual([1, 1, 1, 1, 1, 1, 0])
  expect(await labels('negative')).toEqual([1, 0, 1, 1, 1, 1, 0])
  expect(await labels('unknown')).toEqual([1, null, 1, 1, 1, 1, 0])
})

test('real rows: what was chosen, what a labeller wrote, where an error was found, where one gave up', async () => {
  const { solutions } = await readLabelled(file, { neutral: 'unknown' })
  expect(solutions.map(({ kind, steps }) => [kind, steps.length])).toEqual([
    ['solution', 6],
    ['found_error', 7],
    ['solution', 5],
    ['solution', 7],
    ['give_up', 8],
    ['solution', 12],
  ])
  const [written, found] = solutions
  expect(written!.steps[1]).toBe('We have $3p+e=1.24$ and $5p+e=1.82$.')
  expect(written!.steps[5]).toBe('That means a pencil costs 29 cents.\n\n# Answer\n\n29')
  expect(written!.labels_S).toEqual([1, null, 1, 1, 1, 1])
  expect(written!.problem.answer).toBe('29')
  expect(found!.steps.at(-1)).toMatch(/^For the Democrats, there are 5! ways to order them/)
  expect(found!.problem.solution).toHaveLength(1)
  const { solutions: trusting } = await readLabelled(file, {
    neutral: 'unknown',
    human: 'positive',
  })
  expect(trusting[0]!.labels_S).toEqual([1, 1, 1, 1, 1, 1])
})

test('alternatives: what was not chosen, after what was', async () => {
  const { solutions } = await readLabelled(file, { neutral: 'negative', alternatives: true })
  // 6 paths; 5 + 4, 3, 6, 6 and 6 completions beside them
  expect(solutions).toHaveLength(36)
  expect(solutions.slice(0, 7).map(({ id, labels_S }) => [id, labels_S])).toEqual([
    ['prm800k.jsonl:1', [1, null, 1, 1, 1, 1]],
    ['prm800k.jsonl:1/1.0', [1, 0]],
    ['prm800k.jsonl:1/1.1', [1, 0]],
    ['prm800k.jsonl:1/1.2', [1, 0]],
    ['prm800k.jsonl:1/1.3', [1, 0]],
    ['prm800k.jsonl:1/1.4', [1, 0]],
    ['prm800k.jsonl:1/5.0', [1, null, 1, 1, 1, 0]],
  ])
})

const row = (step: object, finish_reason = 'solution') => ({
  question: { problem: 'p', ground_truth_answer: '1' },
  label: {
    finish_reason,
    steps: [
      { completions: [{ text: 'a', rating: 1 }], human_completion: null, chosen_completion: 0 },
      { completions: [], human_completion: null, chosen_completion: null, ...step },
    ],
  },
})

test.each([
  [
    { completions: [{ text: 'b', rating: 2 }] },
    'label.steps[1].completions[0].rating: 2; expected -1, 0, 1 or null',
  ],
  [
    { completions: [{ text: 'b', rating: 1 }], chosen_completion: 1 },
    'label.steps[1].chosen_completion: is 1, but there are 1 completions',
  ],
  [{ completions: 'b' }, 'label.steps[1].completions: "b"; expected a list'],
])('%j is refused', async (step, message) => {
  await expect(readLabelled(linesOf(row(step)), { neutral: 'unknown' })).rejects.toThrow(
    `:1: ${message}`,
  )
})

test('nothing after the point where a labeller stopped is read; a human text may be a text', async () => {
  const late = row({ completions: null })
  late.label.steps.push({
    completions: [{ text: 'c', rating: 1 }],
    human_completion: null,
    chosen_completion: 0,
  })
  const written = row({ human_completion: 'by hand' })
  const { solutions } = await readLabelled(linesOf(late, written), { neutral: 'unknown' })
  expect(solutions.map(({ steps }) => steps)).toEqual([['a'], ['a', 'by hand']])
})
