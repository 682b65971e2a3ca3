import { expect, test } from 'vitest'
import { mutations } from '../../../src/prm/label/mutation.ts'
import { mutateStep } from '../../../src/problems/mutate.ts'
import { takeProblems } from '../../../src/problems/splits.ts'
import { taskOf } from '../../../src/problems/tasks/index.ts'
import type { Problem } from '../../../src/types.ts'

const family = taskOf('nested-arithmetic')
const problems = takeProblems(family, 20, { split: 'train', seed: 1, difficulty: 1 })
const byTask = { mutate: family.mistake, seed: 3 }

test('a right solution, and versions of it that are wrong at one step, as the oracle sees it', () => {
  for (const problem of problems) {
    const { labelled } = mutations(problem, { ...byTask, wrong: 2 })
    expect(labelled).toHaveLength(3)
    for (const { labelled: one } of labelled) {
      const right_S = family.oracle(problem, one.steps).map(({ right }) => right)
      expect(one.labels_S).toEqual(right_S.map(right => (right === null ? null : Number(right))))
      expect(one).toMatchObject({ meaning: 'rightness', source: 'mutation' })
    }
    const [right, ...wrong] = labelled.map(one => one.labelled)
    expect([right!.kind, right!.answerRight, right!.labels_S.includes(0)]).toEqual([
      null,
      true,
      false,
    ])
    expect(
      wrong.every(({ kind }) => kind !== null && family.mistakeKinds.includes(kind as never)),
    ).toBe(true)
    expect(new Set(wrong.map(({ labels_S }) => labels_S.indexOf(0))).size).toBe(2) // other steps
  }
})

test('the answer is right where a mistake before it left it alone', () => {
  for (const problem of problems)
    for (const { labelled } of mutations(problem, { ...byTask, wrong: 9 }).labelled) {
      const first = labelled.labels_S.indexOf(0)
      expect(labelled.answerRight).toBe(first < 0 || first < labelled.steps.length - 1)
    }
})

test('the problem and the seed decide them, not what was mutated before', () => {
  const [one, two] = problems as [Problem, Problem]
  const alone = mutations(two, byTask)
  mutations(one, byTask)
  expect(mutations(two, byTask)).toEqual(alone)
  expect(mutations(two, { ...byTask, seed: 4 })).not.toEqual(alone)
})

test('without a worked solution there is nothing to mutate', () => {
  const { labelled, skipped } = mutations({ ...problems[0]!, solution: null }, byTask)
  expect([labelled, skipped]).toEqual([[], 'no-solution'])
})

test('a step that cannot be made wrong is left out', () => {
  const mutate = () => null
  expect(mutations(problems[0]!, { mutate, seed: 1, wrong: 3 }).labelled).toHaveLength(1)
})

test('numbers in texts are changed where there is no task', () => {
  const problem: Problem = {
    id: 'x',
    prompt: 'Janet?',
    answer: '24',
    solution: ['48/2 = 24', '\\boxed{24}'],
    meta: {},
  }
  const found = mutations(problem, {
    mutate: (_, steps, index, random) => mutateStep(steps[index]!, random),
    seed: 1,
    right: false,
  })
  const { labelled } = found.labelled[0]!
  expect(labelled.steps.filter((step, s) => step !== problem.solution![s])).toHaveLength(1)
  expect(['result', 'operand', 'copied', 'dropped']).toContain(labelled.kind)
})
