import { expect, test } from 'vitest'
import { random } from '../../../src/numbers/random.ts'
import { printEquation, readEquation } from '../../../src/problems/tasks/equation.ts'
import { linearEquations as task } from '../../../src/problems/tasks/linear-equations.ts'
import type { Problem } from '../../../src/types.ts'

const problem: Problem = {
  id: 'one',
  prompt: 'Solve 2(x+3)=x+10.\n\n',
  answer: '4',
  solution: ['expand, so 2x+6=x+10', 'subtract x, so x+6=10', 'subtract 6, so x=4', '\\boxed{4}'],
  meta: { task: 'linear-equations', equation: '2(x+3)=x+10' },
}
const [expand, gather, move, box] = problem.solution ?? []
const why = (...steps: string[]) =>
  task.oracle(problem, steps).find(one => one.right === false)?.why

test('every problem’s own solution is right, and solves the equation', () => {
  const draw = random(1, 'test')
  for (let i = 0; i < 400; i++) {
    const made = task.generate(draw, i % 4)
    expect(task.oracle(made, made.solution ?? []).every(one => one.right)).toBe(true)
    expect(made.solution?.at(-1)).toBe(`\\boxed{${made.answer}}`)
    const sides = String(made.meta.equation)
      .replaceAll(/(\d)([x(])/g, '$1*$2')
      .replaceAll('x', `(${made.answer})`)
      .split('=')
    const [left, right] = sides.map(side => Function(`return ${side}`)())
    expect(left).toBe(right)
  }
})

test('accepts moves in any order, and division before them', () => {
  const right = (...steps: string[]) => task.oracle(problem, steps).map(one => one.right)
  expect(right(expand, gather, move, box)).toEqual([true, true, true, true])
  expect(right(expand, 'subtract 6, so 2x=x+4', 'subtract x, so x=4')).toEqual([true, true, true])
  const even = { ...problem, meta: { equation: '4x+6=2x+10' } }
  expect(task.oracle(even, ['divide by 2, so 2x+3=x+5'])[0].right).toBe(true)
})

test('names what is wrong', () => {
  expect(why('expand, so 2x+3=x+10')).toBe('wrong result')
  expect(why('expand, so x=4')).toBe('skips')
  expect(why(expand, 'subtract 6, so 2x=x+16')).toBe('wrong result')
  expect(why(expand, 'subtract x, so 2x+6=11')).toBe('copied wrong')
  expect(why(expand, 'add 1, so 2x+7=x+11')).toBe('no progress')
  expect(why(expand, expand)).toBe('repeats')
  expect(why('\\boxed{4}')).toBe('skips')
  expect(why(expand, gather, move, '\\boxed{5}')).toBe('boxed differs')
  expect(why(expand, '')).toBe('empty')
  expect(why('Let me think.')).toBe('not a step')
  expect(why('divide by 0, so x=4')).toBe('not a step')
  expect(why(expand, gather, move, box, 'x=4')).toBe('after the answer')
})

test.each(['3x+4=19', 'x=-7', '-x-1=2x', '2(x-3)=x+1', '5=5', 'x=0'])('reads %s', text => {
  const equation = readEquation(text)
  expect(equation && printEquation(equation)).toBe(text)
})

test.each(['', '=', '3x+4', 'x+x=2', '1x=2', 'x=1=2', '(x)=1', '2((x))=1'])(
  'refuses "%s"',
  text => {
    expect(readEquation(text)).toBeNull()
  },
)
