import { expect, test } from 'vitest'
import { readCandidates } from '../../../src/prm/formats/read-candidates.ts'
import { fileOf, fixture, linesOf } from './files.ts'

const unknown = { by: null, answer: null, right: null, scores_S: null, score: null }

test('best-of-n: steps or a text, with and without scores', async () => {
  const { sets } = await readCandidates(
    linesOf(
      {
        id: 7,
        question: '1+1?',
        answer: 2,
        candidates: [
          { steps: ['a', '\\boxed{2}'], scores: [0.5, null] },
          { text: 'a\nb \n  \n\nc ', answer: 3, right: false, by: 'me', score: -1.5 },
        ],
      },
      { problem: 'q', candidates: [{ answer: 'x' }] },
    ),
  )
  expect(sets).toEqual([
    {
      id: '7',
      problem: { id: '7', prompt: '1+1?', answer: '2', solution: null, meta: {} },
      candidates: [
        { ...unknown, steps: ['a', '\\boxed{2}'], scores_S: [0.5, null] },
        { ...unknown, steps: ['a\nb', 'c'], answer: '3', right: false, by: 'me', score: -1.5 },
      ],
    },
    {
      id: 'rows.jsonl:2',
      problem: { id: 'rows.jsonl:2', prompt: 'q', answer: null, solution: null, meta: {} },
      candidates: [{ ...unknown, steps: null, answer: 'x' }],
    },
  ])
})

test('RewardMATH: results with scores of steps or one each; the benchmark a solution a row', async () => {
  const { sets } = await readCandidates(fixture('rewardmath-math-shepherd.json.gz'))
  expect(sets[0]!.candidates.map(({ right }) => right)).toEqual([true, ...Array(9).fill(false)])
  expect(sets[0]!.candidates[0]!.scores_S).toHaveLength(7)
  const row = (problem_id: number, solution_type: string) => ({
    problem: `p${problem_id}`,
    answer: '4',
    eval_solution: ['s'],
    solution_reference: 'somebody',
    solution_type,
    problem_id,
  })
  const benchmark = [row(0, 'rejected'), row(1, 'chosen'), row(0, 'chosen')]
  const { sets: read } = await readCandidates(fileOf(JSON.stringify(benchmark)))
  expect(read.map(({ id, candidates }) => [id, candidates.map(({ right }) => right)])).toEqual([
    ['0', [false, true]],
    ['1', [true]],
  ])
})

test.each([
  [{ candidates: [{ steps: ['a'], scores: [1, 2] }] }, 'candidates[0].scores: 2 for 1 steps'],
  [{ candidates: [] }, 'candidates: there is none'],
  [{ candidates: [{ scores: ['1'] }] }, 'candidates[0].scores[0]: "1"; expected a number'],
  [{ candidates: [{}], problem: null }, 'problem: is missing; expected it, or question'],
  [{ solution_reference: ['human_to_GPT-4'], score: [1, 2] }, 'score: 2 for 1 solutions'],
  [
    { solution_reference: ['somebody'], score: [[1]] },
    'solution_reference: names no human_to_GPT-4',
  ],
  [
    { solution_reference: ['human_to_GPT-4'], score: ['x'] },
    'score: a list of 1; expected a list of scores',
  ],
  [{ steps: [] }, 'is of no known format of candidates'],
])('%j is refused', async (row, message) => {
  await expect(readCandidates(linesOf({ problem: 'p', ...row }))).rejects.toThrow(`:1: ${message}`)
})

test('bad rows are skipped on demand; a second problem of the same id is one', async () => {
  const one = (id: string) => ({ id, problem: 'p', candidates: [{ answer: '1' }] })
  const file = linesOf(one('a'), { ...one('b'), candidates: 3 }, one('a'), one('c'))
  await expect(readCandidates(file)).rejects.toThrow(':2: candidates: ')
  const { sets, bad } = await readCandidates(file, { skipBad: true })
  expect(sets.map(({ id }) => id)).toEqual(['a', 'c'])
  expect(bad.map(({ message }) => message.slice(file.length, file.length + 30))).toEqual([
    ':2: candidates: 3; expected a ',
    ':3: the id "a" was there befor',
  ])
})
