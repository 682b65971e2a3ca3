import { afterAll, expect, test } from 'vitest'
import { random } from '../../src/numbers/random.ts'
import { problemStream, takeProblems } from '../../src/problems/splits.ts'
import { openTask, requireParts, taskSetting } from '../../src/user/task.ts'
import { userFiles } from './files.ts'

const { file, remove } = userFiles()
afterAll(remove)

const doubles = `import { below, type Random } from 'minform'
export default {
  name: 'doubles',
  generate(random: Random, difficulty: number) {
    const n = below(random, 1000)
    return { prompt: \`Double \${n}:\\n\\n\`, answer: String(2 * n), meta: { n } }
  },
}`

test('a task needs a name and problems; the rest is not known', async () => {
  const path = file('doubles.ts', doubles)
  expect(taskSetting(path)).toBe(path)
  const { task, code } = await openTask(path)
  expect(Object.keys(code)).toEqual([path])
  const problem = task.generate(random(1, 'test'), 1)
  const n = Number(problem.meta.n)
  expect(problem).toEqual({
    id: problem.prompt,
    prompt: `Double ${n}:\n\n`,
    answer: String(2 * n),
    solution: null,
    meta: { n },
  })
  const held = takeProblems(task, 5, { split: 'test', seed: 1, difficulty: 0 })
  expect(new Set(held.map(({ prompt }) => prompt)).size).toBe(5)
  expect(() => requireParts(task, ['oracle', 'wrongStep'], 'labelling')).toThrow(
    'the task doubles has no oracle, no wrongStep: labelling needs it',
  )
})

test('carried tasks by their names', async () => {
  expect(taskSetting('linear-equations')).toBe('linear-equations')
  expect((await openTask('linear-equations')).code).toEqual({})
  expect(() => taskSetting('linear-equation')).toThrow('did you mean "linear-equations"?')
  expect(() => taskSetting('./no.ts')).toThrow('./no.ts: there is no such file')
})

const generating = (problem: string): string =>
  `export default { name: 'odd', generate: () => (${problem}) }`

test.each([
  ['export default { generate: () => 1 }', 'name: expected a text, found undefined'],
  [
    "export default { name: 'odd' }",
    'generate: expected a function (random, difficulty) => problem',
  ],
  [
    "export default { name: 'odd', generate: () => 1, oracle: 5 }",
    'oracle: expected a function, found 5',
  ],
  [
    "export default { name: 'odd', generate: () => 1, mistakeKinds: ['no'] }",
    'mistakeKinds: expected a list of',
  ],
])('%s is refused', async (text, message) => {
  await expect(openTask(file('odd.ts', text))).rejects.toThrow(message)
})

test.each([
  ['7', 'generate: expected a problem, found 7'],
  ["{ answer: '1' }", 'generate: prompt: expected a text that is not empty, found undefined'],
  ["{ prompt: 'p', answer: 1 }", 'generate: answer: expected a text or null, found 1'],
  ["{ prompt: 'p', solution: 'one' }", 'generate: solution: expected a list of texts'],
  ["{ prompt: 'p', id: 3 }", 'generate: id: expected a text, found 3'],
  [
    '(() => { throw new RangeError("none left") })()',
    /generate: RangeError: none left \(odd\.ts:1:\d+\)/,
  ],
])('a problem %s is refused when it is made', async (problem, message) => {
  const { task } = await openTask(file('odd.ts', generating(problem)))
  expect(() => task.generate(random(1, 'test'), 0)).toThrow(message)
})

test('a task with too few problems to hold some out is an error, not an endless search', async () => {
  const { task } = await openTask(file('odd.ts', generating("{ prompt: 'p', answer: '1' }")))
  const splits = ['train', 'validation', 'test'] as const
  const first = (split: (typeof splits)[number]) =>
    problemStream(task, { split, seed: 1, difficulty: 0 }).next().value
  const failed = splits.filter(split => {
    try {
      return first(split) === undefined
    } catch (error) {
      expect((error as Error).message).toContain(`none of 10000 problems is for ${split}`)
      return true
    }
  })
  expect(failed).toHaveLength(2)
})
