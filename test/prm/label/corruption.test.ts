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
const alone = { before: null, oracle: null }
const mutate = () => ({ text: '\\boxed{9}', kind: null })

test('one that ends too early, and one that goes on behind its answer (arXiv:2505.21496, section 3.2)', () => {
  const { labelled } = corruptions(problem, { ...alone, mutate, seed: 1 })
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
  const none = corruptions({ ...problem, solution: null }, { ...alone, mutate, seed: 1 })
  expect(none).toMatchObject({ labelled: [], skipped: 'no-solution' })
  const brief = corruptions(
    { ...problem, solution: ['\\boxed{8}'] },
    { ...alone, mutate: () => null, seed: 1 },
  )
  expect(brief.labelled.map(({ labelled: { kind } }) => kind)).toEqual([null])
  const again = (seed: number) => corruptions(problem, { ...alone, mutate, seed })
  expect(again(3)).toEqual(again(3))
})

describe.each([...tasks.values()])('$name', task => {
  test('its oracle rejects every one, at the step that is labelled wrong', () => {
    const problems = takeProblems(task, 10, { split: 'validation', seed: 3, difficulty: 1 })
    const kinds = new Set<string | null>()
    for (const [i, one] of problems.entries()) {
      const [before, { oracle, mistake: mutate }] = [problems[i - 1] ?? null, task]
      const { labelled } = corruptions(one, { mutate, oracle, before, seed: 1 })
      expect(labelled.length).toBeGreaterThan(1)
      for (const { labelled: found } of labelled) {
        // as labelByOracle has it: a step that ends the answer without a box is wrong
        const last = found.steps.length - 1
        const right_S = task
          .oracle(one, found.steps)
          .map(({ right }, s) => right === true && (s < last || found.steps[s]!.includes('boxed')))
        const known = found.labels_S.filter(label => label !== null)
        expect(right_S.slice(0, known.length), found.id).toEqual(known.map(label => label === 1))
        kinds.add(found.kind)
      }
    }
    expect([...kinds]).toEqual(expect.arrayContaining([null, 'early-end', 'goes-on', 'spliced']))
  })
})

test('one that goes on as another is wrong where that begins; none where the answers are one, or nothing is surely wrong', () => {
  const before = { ...problem, id: 'q', answer: '5', solution: ['2+3=5', '\\boxed{5}'] }
  for (let seed = 0; seed < 20; seed++) {
    const { labelled } = corruptions(problem, { ...alone, mutate, seed, before })
    const { steps, labels_S, kind, answerRight } = labelled.at(-1)!.labelled
    expect([kind, answerRight]).toEqual(['spliced', false])
    const at = labels_S.indexOf(0)
    expect(steps.slice(0, at)).toEqual(problem.solution.slice(0, at))
    expect(before.solution.slice(at - steps.length)).toEqual(steps.slice(at))
    expect(labels_S.slice(at + 1).every(label => label === null)).toBe(true)
  }
  const kinds = (other: typeof before) =>
    corruptions(problem, { ...alone, mutate, seed: 1, before: other }).labelled.map(
      ({ labelled: { kind } }) => kind,
    )
  expect(kinds({ ...before, answer: '8' })).not.toContain('spliced')
  expect(kinds({ ...before, solution: [problem.solution[0]!] })).not.toContain('spliced')
})
