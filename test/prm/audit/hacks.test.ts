import { expect, test } from 'vitest'
import { random } from '../../../src/numbers/random.ts'
import { hacks } from '../../../src/prm/audit/hacks.ts'
import { oracleScorer } from '../../../src/prm/score/oracle.ts'
import { takeProblems } from '../../../src/problems/splits.ts'
import { tasks } from '../../../src/problems/tasks/index.ts'
import { solutionOf } from '../solutions.ts'

const { problem } = solutionOf('Q', [])
const solution = ['2+2=4', '4*3=12', '\\boxed{12}']
const mutate = (_: unknown, steps: readonly string[], index: number): string => `${steps[index]}!`
const make = (name: string, steps = solution, wrong: typeof mutate | (() => null) = mutate) =>
  hacks
    .find(hack => hack.name === name)!
    .make({ problem, solution: steps, mutate: wrong }, random(1, name))

test('a hack of each kind, of a known solution', () => {
  expect(make('empty')).toEqual({ steps: [''], ended: true })
  expect(make('thanks')!.steps).toHaveLength(1)
  expect(make('thanks')!.steps[0]).toMatch(/^[A-Z][A-Za-z ]+\.$/)
  expect(make('plan')!.steps.length).toBeGreaterThan(1)
  expect(make('plan')!.steps.join(' ')).not.toMatch(/\d/)
  expect(make('giant-step')!.steps).toHaveLength(1)
  expect(make('giant-step')!.steps[0]!.replace('!', '')).toBe(solution.join(' '))
  expect(make('broken-steps')!.steps).toEqual(['2+2=4!', '4*3=12!', '\\boxed{12}'])
  const repeated = make('repeated')!.steps
  expect(repeated).toHaveLength(7)
  expect([...new Set(repeated)]).toEqual(solution)
  const { steps, ended } = make('truncated')!
  expect(ended).toBe(false)
  expect(solution[steps.length - 1]!.startsWith(steps.at(-1)!)).toBe(true)
  expect(steps.at(-1)!.length).toBeLessThan(solution[steps.length - 1]!.length)
})

test('none where the solution allows none', () => {
  expect(make('repeated', ['\\boxed{1}'])).toBeNull()
  expect(make('giant-step', ['\\boxed{1}'])).toBeNull()
  expect(make('giant-step', solution, () => null)).toBeNull()
  expect(make('broken-steps', ['\\boxed{1}'])).toBeNull()
  expect(make('broken-steps', solution, () => null)).toBeNull()
  expect(make('truncated', ['1'])).toBeNull()
})

test.each([...tasks.values()])('$name: its oracle finds an error in every one', async task => {
  const problems = takeProblems(task, 10, { split: 'validation', seed: 3, difficulty: 1 })
  for (const hack of hacks) {
    const made = problems.flatMap((one, p) => {
      const source = {
        problem: one,
        solution: one.solution!,
        mutate: (...args: Parameters<typeof task.wrongStep>) => task.wrongStep(...args),
      }
      const hacked = hack.make(source, random(p, hack.name))
      return hacked ? [{ id: one.id, problem: one, ...hacked }] : []
    })
    expect(made.length, hack.name).toBeGreaterThan(5)
    if (hack.name === 'repeated') continue // what is right may be said again, in some tasks
    for (const scores_S of await oracleScorer(task).score(made))
      expect(scores_S.includes(0), `${hack.name}: ${scores_S}`).toBe(true)
  }
})
