import { describe, expect, test } from 'vitest'
import { random } from '../../../src/numbers/random.ts'
import { nestedArithmetic as task } from '../../../src/problems/tasks/nested-arithmetic.ts'
import type { Problem } from '../../../src/types.ts'

const problem: Problem = {
  id: 'one',
  prompt: 'Compute ((3+4)*2)-5.\n\n',
  answer: '9',
  solution: ['3+4=7, so (7*2)-5', '7*2=14, so 14-5', '14-5=9, so 9', '\\boxed{9}'],
  meta: { task: 'nested-arithmetic', expression: '((3+4)*2)-5' },
}
const [first, second, third, last] = problem.solution ?? []
const verdicts = (...steps: string[]) => task.oracle(problem, steps).map(one => one.right)
const why = (...steps: string[]) =>
  task.oracle(problem, steps).find(one => one.right === false)?.why

test('every problem’s own solution is right, and its answer is the boxed one', () => {
  const draw = random(1, 'test')
  for (let i = 0; i < 400; i++) {
    const made = task.generate(draw, i % 4)
    expect(task.oracle(made, made.solution ?? []).every(one => one.right)).toBe(true)
    expect(made.solution?.at(-1)).toBe(`\\boxed{${made.answer}}`)
    const limit = [9, 20, 99, 99][i % 4]
    const results = (made.solution?.join() ?? '').matchAll(/=(-?\d+)/g)
    for (const [, result] of results) {
      expect(Number(result)).toBeGreaterThanOrEqual(0)
      expect(Number(result)).toBeLessThanOrEqual(limit)
    }
  }
})

test('the same seed gives the same problems', () => {
  expect(task.generate(random(7), 2)).toEqual(task.generate(random(7), 2))
})

describe('oracle', () => {
  test('accepts any order of reductions, and swapped operands of + and *', () => {
    expect(verdicts(first, second, third, last)).toEqual([true, true, true, true])
    expect(verdicts('4+3=7, so (7*2)-5', ' 2*7=14, so 14-5 ')).toEqual([true, true])
    const two = { ...problem, meta: { expression: '(1+2)+(3+4)' } }
    expect(task.oracle(two, ['3+4=7, so (1+2)+7'])[0].right).toBe(true)
  })

  test('knows nothing of what follows a wrong step', () => {
    expect(verdicts(first, '7*2=15, so 15-5', '15-5=10, so 10')).toEqual([true, false, null])
  })

  test('names what is wrong', () => {
    expect(why('3+4=8, so (8*2)-5')).toBe('wrong result')
    expect(why('3+5=8, so (8*2)-5')).toBe('copied wrong')
    expect(why('3+4=7, so (7*2)-6')).toBe('copied wrong')
    expect(why(first, second, '5-14=9, so 9')).toBe('copied wrong')
    expect(why('3+4=7, so 14-5')).toBe('skips')
    expect(why('\\boxed{9}')).toBe('skips')
    expect(why(first, second, third, '\\boxed{8}')).toBe('boxed differs')
    expect(why(first, first)).toBe('repeats')
    expect(why(first, '')).toBe('empty')
    expect(why('First I will add.')).toBe('not a step')
    expect(why(first, second, third, last, last)).toBe('repeats')
    expect(why(first, second, third, last, 'Thanks')).toBe('after the answer')
  })

  test('refuses a problem of another task', () => {
    expect(() => task.oracle({ ...problem, meta: {} }, [])).toThrow('meta.expression')
    expect(() => task.oracle({ ...problem, meta: { expression: '3+' } }, [])).toThrow('one')
  })
})

describe('wrong steps', () => {
  test('are many kinds', () => {
    const draw = random(3, 'kinds')
    const wrong = Array.from({ length: 300 }, () => task.wrongStep(problem, [], 0, draw))
    const kinds = new Set(wrong.map(text => why(text ?? '')))
    expect(kinds).toEqual(new Set(['wrong result', 'copied wrong', 'skips']))
    expect(new Set(wrong).size).toBeGreaterThan(40)
  })

  test('do not follow a step that is wrong already, or the answer', () => {
    expect(task.wrongStep(problem, ['3+4=8, so (8*2)-5'], 1, random(1))).toBeNull()
    expect(task.wrongStep(problem, problem.solution ?? [], 4, random(1))).toBeNull()
  })
})
