import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../../src/errors.ts'
import { pick, random } from '../../../src/numbers/random.ts'
import { taskOf, tasks } from '../../../src/problems/tasks/index.ts'

test('finds tasks by name and names them all when asked for another', () => {
  expect(taskOf('nested-arithmetic').name).toBe('nested-arithmetic')
  expect(() => taskOf('nested')).toThrow(ConfigError)
  expect(() => taskOf('nested')).toThrow([...tasks.keys()].join(', '))
  expect(() => taskOf('money-problem')).toThrow('did you mean "money-problems"?')
})

test.each([...tasks.values()])('$name makes whole problems', task => {
  const problem = task.generate(random(1), 1)
  expect(problem.id.startsWith(`${task.name}:`)).toBe(true)
  expect(problem.prompt.endsWith('\n\n')).toBe(true)
  expect(problem.meta.task).toBe(task.name)
  expect(JSON.parse(JSON.stringify(problem))).toEqual(problem)
  expect(() => task.generate(random(1), 4)).toThrow('expected 0 to 3')
})

describe.each([...tasks.values()])('right steps of $name', task => {
  const draw = random(5, 'right steps')
  const made = Array.from({ length: 100 }, (_, i) => task.generate(draw, i % 4))

  test('hold the worked solution’s own step, at any place', () => {
    for (const problem of made) {
      const solution = problem.solution ?? []
      solution.forEach((step, s) => {
        expect(task.rightSteps(problem, solution.slice(0, s))).toContain(step)
      })
    }
  })

  test('are all right by the oracle, and lead to the answer whichever is taken', () => {
    for (const problem of made) {
      const steps: string[] = []
      let right = task.rightSteps(problem, steps)
      for (; right.length > 0; right = task.rightSteps(problem, steps)) {
        for (const text of right) {
          expect(task.oracle(problem, [...steps, text]).map(one => one.right)).not.toContain(false)
        }
        steps.push(pick(draw, right))
      }
      expect(steps.at(-1)).toBe(`\\boxed{${problem.answer}}`)
    }
  })

  test('are none that is made wrong, and none after a wrong step or the answer', () => {
    for (const problem of made) {
      const solution = problem.solution ?? []
      solution.forEach((_, s) => {
        const before = solution.slice(0, s)
        const wrong = task.wrongStep(problem, solution, s, draw)!
        expect(task.rightSteps(problem, before)).not.toContain(wrong)
        expect(task.rightSteps(problem, [...before, wrong])).toEqual([])
      })
      expect(task.rightSteps(problem, solution)).toEqual([])
    }
  })
})
