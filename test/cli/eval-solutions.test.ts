import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type EvalRow, solutionRows } from '../../src/cli/eval-solutions.ts'
import { readProblems } from '../../src/problems/read-problems.ts'
import { splitOf } from '../../src/problems/splits.ts'
import { fileCorpus, openCorpus } from '../../src/train/corpus.ts'

const row = (id: string, ...rewards: (number | null)[]): EvalRow => ({
  ...{ id, question: `What is ${id}?`, answer: '5', meta: { source: 'a.jsonl', setup: id } },
  rollouts: rewards.map((reward, n) => ({ text: `first ${n}\n\n\\boxed{${reward}}`, reward })),
})

test('the first right sample is the solution; easy problems first, unsolved ones not at all (arXiv:2508.08665)', () => {
  const rows = [row('hard', 0, 0, 0, 1), row('none', 0, 0, null, 0), row('easy', 1, 1, 1, 1)]
  const found = solutionRows([...rows, row('half', null, 1, 0, 1)])
  expect(found).toMatchObject([
    { id: 'easy', solution: ['first 0', '\\boxed{1}'], meta: { solved: 1, setup: 'easy' } },
    { id: 'half', solution: ['first 1', '\\boxed{1}'], meta: { solved: 0.5 } },
    { id: 'hard', solution: ['first 3', '\\boxed{1}'], meta: { solved: 0.25 } },
  ])
})

test('solutions in the order of their file, again and again; otherwise by the seed', async () => {
  const rows = solutionRows(Array.from({ length: 40 }, (_, i) => row(`p${i}`, 1)))
  const file = join(mkdtempSync(join(tmpdir(), 'minform-order-')), 'rows.jsonl')
  writeFileSync(file, rows.map(one => `${JSON.stringify(one)}\n`).join(''))
  const request = { task: null, difficulty: null, problemsFile: file, testFile: null }
  const taken = async (inOrder: boolean) => {
    const { solved, workedSolutions } = await openCorpus({ ...request, inOrder })
    const stream = solved(3)
    return Array.from({ length: 2 * workedSolutions }, () => stream.next().value.id)
  }
  const problems = await readProblems(file)
  const ids = problems.filter(({ prompt }) => splitOf(prompt) === 'train').map(({ id }) => id)
  expect(await taken(true)).toEqual([...ids, ...ids])
  expect(await taken(false)).not.toEqual([...ids, ...ids])
  const without = fileCorpus(file, problems, null, undefined, [], true).only(
    ({ id }) => id !== ids[0],
    () => 'gone',
  )
  expect(without.solved(3).next().value.id).toBe(ids[1])
  const task = { task: 'nested-arithmetic', difficulty: 1, problemsFile: null, testFile: null }
  await expect(openCorpus({ ...task, inOrder: true })).rejects.toThrow('--in-order goes with')
})
