import { expect, test } from 'vitest'
import { oracleScorer } from '../../../src/prm/score/oracle.ts'
import { takeProblems } from '../../../src/problems/splits.ts'
import { taskOf, tasks } from '../../../src/problems/tasks/index.ts'
import type { Problem } from '../../../src/types.ts'

const task = taskOf('nested-arithmetic')
const problem: Problem = {
  id: 'p',
  prompt: 'Compute (3+4)*2.\n\n',
  answer: '14',
  solution: null,
  meta: { task: 'nested-arithmetic', expression: '(3+4)*2' },
}
const ask = async (steps: readonly string[], ended = true, partial = false) => {
  const [scores] = await oracleScorer(task, { partial }).score([{ id: 's', problem, steps, ended }])
  return scores
}

test('1 for right steps, 0 for the first wrong one, nothing after it', async () => {
  expect(await ask(['3+4=7, so 7*2', '7*2=14, so 14', '\\boxed{14}'])).toEqual([1, 1, 1])
  expect(await ask(['3+4=8, so 8*2', '8*2=16, so 16', '\\boxed{16}'])).toEqual([0, null, null])
})

test('a solution that breaks off, or ends without an answer, ends in a wrong step', async () => {
  expect(await ask(['3+4=7, so 7*2'])).toEqual([0])
  expect(await ask(['3+4=7, so 7*2', '7*2=14, so 14', '\\boxed{14}'], false)).toEqual([1, 1, 0])
  expect(await ask(['3+4=7, so 7*2'], true, true)).toEqual([1])
})

test.each([...tasks.values()])('worked solutions of $name are right', async family => {
  const problems = takeProblems(family, 5, { split: 'test', seed: 1, difficulty: 1 })
  const solutions = problems.map(one => ({ id: one.id, problem: one, steps: one.solution! }))
  const rows = await oracleScorer(family).score(solutions)
  expect(rows).toEqual(problems.map(one => one.solution!.map(() => 1)))
})
