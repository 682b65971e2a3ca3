import { expect, test } from 'vitest'
import { ConfigError } from '../../../src/errors.ts'
import { taskOf, tasks } from '../../../src/problems/tasks/index.ts'
import { random } from '../../../src/random.ts'

test('finds tasks by name and names them all when asked for another', () => {
  expect(taskOf('nested-arithmetic').name).toBe('nested-arithmetic')
  expect(() => taskOf('nested')).toThrow(ConfigError)
  expect(() => taskOf('nested')).toThrow('nested-arithmetic, linear-equations')
})

test.each([...tasks.values()])('$name makes whole problems', task => {
  const problem = task.generate(random(1), 1)
  expect(problem.id.startsWith(`${task.name}:`)).toBe(true)
  expect(problem.prompt.endsWith('\n\n')).toBe(true)
  expect(problem.meta.task).toBe(task.name)
  expect(JSON.parse(JSON.stringify(problem))).toEqual(problem)
  expect(() => task.generate(random(1), 4)).toThrow('expected 0 to 3')
})
