import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { random } from '../../../src/numbers/random.ts'
import {
  type Preference,
  rewardBenchReport,
  sectionScores,
  tiesScore,
} from '../../../src/prm/evaluate/reward-bench.ts'
import { readCandidates } from '../../../src/prm/formats/read-candidates.ts'
import { rewardBench } from '../../../src/prm/formats/reward-bench.ts'

const place = { where: 'f:1', id: 'f1' }
const one = (subset: string, right: number[], wrong: number[], id = '1'): Preference => ({
  id: `${subset}/${id}`,
  subset,
  right,
  wrong,
})
const score = (all: readonly Preference[], name: string) =>
  sectionScores(all).find(section => section.name === name)!.score

test('a section weighs its subsets by what they count: 1 of 100 and 0 of 95 is 0.5128 (arXiv:2403.13787)', () => {
  const some = [one('alpacaeval-easy', [1], [0]), one('alpacaeval-length', [0], [1])]
  expect(score(some, 'Chat')).toBeCloseTo(0.5128, 4)
  const reasoning = [one('math-prm', [1], [0]), one('hep-go', [0], [1]), one('hep-js', [0], [1])]
  expect(score(reasoning, 'Reasoning')).toBeCloseTo(984 / (984 + 328), 6)
})

test('a row of RewardBench 2 is read as it is published: one right answer, several wrong ones, fields beside them', () => {
  const published = {
    ...{
      id: '12',
      prompt: 'Is 7 prime?',
      chosen: ['Yes.'],
      rejected: ['No.', 'It is 7.', '7 = 2 * 3'],
    },
    ...{ num_correct: 1, num_rejected: 3, total_completions: 4, models: ['a', 'b', 'c', 'd'] },
    ...{ subset: 'Math', additional_metadata: { category: 'x', method: 'y' } },
  }
  expect(rewardBench.fits(published)).toBe(true)
  const { id, kind, candidates } = rewardBench.read(published, place)
  expect([id, kind]).toEqual(['Math/12', 'Math'])
  expect(candidates.map(({ right }) => right)).toEqual([true, false, false, false])
})

test('the four prior sets are one section, which counts half: 4.5 sections in all', () => {
  const rows = [
    ...['alpacaeval-easy', 'llmbar-natural', 'donotanswer', 'hep-go', 'shp'].map(subset => [
      subset,
      1,
    ]),
    ...['anthropic_helpful', 'anthropic_hhh', 'summarize'].map(subset => [subset, 0]),
  ] as [string, number][]
  const scored_P = rows.map(([subset, right], i) => ({
    set: rewardBench.read({ id: i, prompt: 'q', subset, chosen: 'a', rejected: 'b' }, place),
    scores_N: [right, 0.5],
  }))
  const [{ sections, average }] = rewardBenchReport(scored_P) as [
    ReturnType<typeof rewardBenchReport>[number],
  ]
  expect(sections.find(({ name }) => name === 'Prior sets')!.score).toBe(0.25)
  expect(average).toBeCloseTo((4 + 0.5 * 0.25) / 4.5, 12)
})

test('a constant scorer has nothing right; a subset of nobody is a section of its own', () => {
  const all = ['alpacaeval-easy', 'math-prm', 'own'].map(subset => one(subset, [2], [2]))
  expect(sectionScores(all)).toEqual(['Chat', 'Reasoning', 'own'].map(name => ({ name, score: 0 })))
})

test('one of four: the right answer must be above all others', () => {
  const all = [
    one('Math', [2], [1, 0, 1.9]),
    one('Math', [2], [1, 3, 0]),
    one('Math', [2], [2, 0, 0]),
  ]
  expect(score(all, 'Math')).toBeCloseTo(1 / 3, 12)
})

const tie = (reference: number, id = 'ref') => [
  one('Ties', [reference], [1], `${id}:7`),
  one('Ties', [3, 2.5], [1], 'tied:7'),
]

test('ties: margins 1 and 1.5 over a spread of 0.5 score 1.0076, of 0.2 less (arXiv:2506.01937)', () => {
  expect(tiesScore(tie(2))).toBeCloseTo(1.0076, 4)
  expect(tiesScore(tie(1.2))).toBeCloseTo(0.7946, 4)
  expect(tiesScore([...tie(2), one('Ties', [9], [1], 'tied:8')])).toBeCloseTo(1.0076, 4)
  expect(tiesScore([])).toBeNaN()
})

test('ties: equal right answers have no margin; never above 1.01 nor, shifted and scaled, another score', () => {
  const equal = [one('Ties', [2], [1], 'ref:1'), one('Ties', [2, 2], [1], 'tied:1')]
  expect(tiesScore(equal)).toBeCloseTo(1, 12)
  const draw = random(3)
  for (let round = 0; round < 100; round++) {
    const of = (n: number): number[] => Array.from({ length: n }, draw)
    const sets = [one('Ties', of(1), of(3), 'ref:1'), one('Ties', of(3), of(3), 'tied:1')]
    const found = tiesScore(sets)
    expect(found).toBeLessThanOrEqual(1.01)
    const moved = sets.map(set => ({
      ...set,
      right: set.right.map(x => 3 * x - 1),
      wrong: set.wrong.map(x => 3 * x - 1),
    }))
    expect(tiesScore(moved)).toBeCloseTo(found, 9)
  }
})

test('rows: a text or several, with scores or without', () => {
  const row = { id: 3, prompt: 'q', subset: 'own', chosen: 'a\n\nb', rejected: ['c', 'd'] }
  const set = rewardBench.read(row, place)
  expect(set).toMatchObject({ id: 'own/3', kind: 'own', problem: { prompt: 'q' } })
  expect(set.candidates.map(({ right, steps, score }) => [right, steps, score])).toEqual([
    [true, ['a', 'b'], null],
    [false, ['c'], null],
    [false, ['d'], null],
  ])
  const scored = { ...row, scores_chosen: 2, scores_rejected: [1, 0] }
  expect(rewardBench.read(scored, place).candidates.map(({ score }) => score)).toEqual([2, 1, 0])
  expect(() => rewardBench.read({ ...scored, scores_rejected: 1 }, place)).toThrow(
    'f:1: scores_rejected: 1 for 2 answers',
  )
  expect(() => rewardBench.read({ ...row, chosen: [] }, place)).toThrow('f:1: chosen')
})

test('a file is known by its rows; a prompt with an answer that has no score is left out', async () => {
  const file = fileURLToPath(new URL('../../fixtures/prm/reward-bench.jsonl', import.meta.url))
  const { sets } = await readCandidates(file)
  expect(sets).toHaveLength(28)
  const scored_P = sets.map((set, p) => ({
    set,
    scores_N: set.candidates.map(({ right }, n) => (p === 0 && n === 0 ? null : [Number(right)])),
  }))
  const [{ sections, prompts, left, average }] = rewardBenchReport(scored_P) as [
    ReturnType<typeof rewardBenchReport>[number],
  ]
  expect(sections.map(({ name }) => name)).toEqual([
    'wrong-step',
    'malformed',
    'wrong-answer',
    'Ties',
  ])
  expect([prompts, left, average]).toEqual([27, 1, 1])
})
