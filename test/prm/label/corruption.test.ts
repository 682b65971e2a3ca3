import { describe, expect, test } from 'vitest'
import { corruptions } from '../../../src/prm/label/corruption.ts'
import { takeProblems } from '../../../src/problems/splits.ts'
import { tasks } from '../../../src/problems/tasks/index.ts'

const problem = {
  id: 'p',
  prompt: '2+2*3',
  answer: '8',
  solution: ['2*3=6', '2+6=8', '\\boxed{8}'],
  meta: {},
}
const mutate = () => ({ text: '\\boxed{9}', kind: null })

test('one that ends too early, and one that goes on behind its answer (arXiv:2505.21496, section 3.2)', () => {
  const { labelled } = corruptions(problem, { mutate, seed: 1 })
  const [right, early, late] = labelled.map(one => one.labelled)
  expect(right).toMatchObject({ steps: problem.solution, labels_S: [1, 1, 1], answerRight: true })
  const kept = early!.steps.length
  expect(problem.solution.slice(0, kept)).toEqual(early!.steps)
  expect([1, 2]).toContain(kept)
  expect(early!.labels_S).toEqual([...Array(kept - 1).fill(1), 0])
  expect(early).toMatchObject({ id: 'p#early-end', kind: 'early-end', answerRight: false })
  expect(late).toMatchObject({ labels_S: [1, 1, 1, 0], kind: 'goes-on', answerRight: false })
  expect(late!.steps).toEqual([...problem.solution, '\\boxed{9}'])
})

test('without a solution none, of one step none that ends early, the same again by the same seed', () => {
  const none = corruptions({ ...problem, solution: null }, { mutate, seed: 1 })
  expect(none).toMatchObject({ labelled: [], skipped: 'no-solution' })
  const brief = corruptions(
    { ...problem, solution: ['\\boxed{8}'] },
    { mutate: () => null, seed: 1 },
  )
  expect(brief.labelled.map(({ labelled: { kind } }) => kind)).toEqual([null])
  const again = (seed: number) => corruptions(problem, { mutate, seed })
  expect(again(3)).toEqual(again(3))
})

describe.each([...tasks.values()])('$name', task => {
  test('its oracle rejects every one, at the step that is labelled wrong', () => {
    const problems = takeProblems(task, 10, { split: 'validation', seed: 3, difficulty: 1 })
    for (const one of problems) {
      const { labelled } = corruptions(one, { mutate: task.mistake, seed: 1 })
      expect(labelled.length).toBeGreaterThan(1)
      for (const { labelled: found } of labelled) {
        // as labelByOracle has it: a step that ends the answer without a box is wrong
        const last = found.steps.length - 1
        const right_S = task
          .oracle(one, found.steps)
          .map(({ right }, s) => right === true && (s < last || found.steps[s]!.includes('boxed')))
        expect(right_S, found.id).toEqual(found.labels_S.map(label => label === 1))
      }
    }
  })
})
