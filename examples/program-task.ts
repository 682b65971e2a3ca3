// Functions of JavaScript, a line a step. The environment `program` runs what the policy writes between answer tags, and calls it
// as `meta.tests` say; the values that should come are not shown to it.
//
//   npx minform train flow-reasoner --task ./program-task.ts --environment program --from-scratch

import { below, type Random, type Task } from 'minform'

const operations = [
  {
    words: (n: number) => `add ${n}`,
    line: (n: number) => `x = x + ${n}`,
    of: (x: number, n: number) => x + n,
  },
  {
    words: (n: number) => `take away ${n}`,
    line: (n: number) => `x = x - ${n}`,
    of: (x: number, n: number) => x - n,
  },
  {
    words: (n: number) => `times ${n}`,
    line: (n: number) => `x = x * ${n}`,
    of: (x: number, n: number) => x * n,
  },
] as const

const task: Task = {
  name: 'program-task',
  generate(random, difficulty) {
    const parts = Array.from({ length: 1 + below(random, 1 + difficulty) }, () => part(random))
    const value = (x: number): number => parts.reduce((sofar, { of, n }) => of(sofar, n), x)
    const lines = parts.map(({ line, n }) => line(n))
    return {
      id: lines.join('; '),
      prompt: `f(x): ${parts.map(({ words, n }) => words(n)).join(', ')}\n\n`,
      answer: lines.join('; '),
      solution: ['<answer>function f(x) {', ...lines, 'return x', '}</answer>'],
      meta: { tests: [0, 1, -3, 10].map(x => ({ call: `f(${x})`, value: value(x) })) },
    }
  },
}
export default task

function part(random: Random) {
  return { ...operations[below(random, operations.length)]!, n: 2 + below(random, 8) }
}
