import { describe, expect, test } from 'vitest'
import { random } from '../../../src/numbers/random.ts'
import { planAndSolve as task } from '../../../src/problems/tasks/plan-and-solve.ts'
import type { Problem } from '../../../src/types.ts'

const problem: Problem = {
  id: 'one',
  prompt: 'Ann buys 3 pens at 4 dollars each. A coupon takes 2 dollars off. Ben has 7 hats.\n\n',
  answer: '10',
  solution: [
    'Find the cost of pens.',
    'cost of pens: 3*4=12 dollars',
    'Find the price.',
    'price: 12-2=10 dollars',
    '\\boxed{10}',
  ],
  meta: {
    task: 'plan-and-solve',
    sheet: {
      quantities: [
        { name: 'cost of pens', unit: 'dollars', operator: '*', left: 3, right: 4 },
        { name: 'price', unit: 'dollars', operator: '-', left: 'cost of pens', right: 2 },
      ],
      unneeded: { numbers: [7], names: ['cost of hats'] },
    },
  },
}
const [findPens, pens, findPrice, price, box] = problem.solution ?? []
const judged = (...steps: string[]) => task.oracle(problem, steps)
const rights = (...steps: string[]) => judged(...steps).map(one => one.right)
const whys = (...steps: string[]) => judged(...steps).map(one => one.why)

describe('oracle', () => {
  test('tells plans, work and answers apart', () => {
    const verdicts = judged(findPens, pens, findPrice, price, box)
    expect(verdicts.map(one => one.right)).toEqual(Array(5).fill(true))
    expect(verdicts.map(one => one.kind)).toEqual(['plan', 'solve', 'plan', 'solve', 'answer'])
  })

  test('calls a plan right in any order and however often, but says that it repeats', () => {
    expect(rights(findPrice, findPens, pens)).toEqual([true, true, true])
    expect(whys(findPens, findPens, findPrice, findPens)).toEqual([
      'right',
      'repeats',
      'right',
      'repeats',
    ])
    expect(rights(...Array<string>(50).fill(findPrice))).toEqual(Array(50).fill(true))
  })

  test('asks for no plan before work that says what it finds', () => {
    expect(rights(pens, price, box)).toEqual([true, true, true])
  })

  test('calls a plan wrong of what is found, of what nothing needs, and of nothing', () => {
    expect(whys(findPens, pens, 'Find the cost of pens.').at(-1)).toBe('repeats')
    expect(rights(findPens, pens, 'Find the cost of pens.').at(-1)).toBe(false)
    expect(whys(pens, 'Find the cost of pens.').at(-1)).toBe('no progress')
    expect(whys('Find the cost of hats.')).toEqual(['not needed'])
    expect(whys('Find the answer.')).toEqual(['not needed'])
    expect(whys('Find the cost of')).toEqual(['not a step'])
  })

  test('never lets plans alone reach the answer', () => {
    expect(whys(findPens, findPrice, '\\boxed{10}')).toEqual(['right', 'right', 'skips'])
    expect(task.rightSteps(problem, [findPens, findPrice])).not.toContain(box)
  })
})

test('plans alone earn more than the solution where right steps add up', () => {
  const earned = (steps: readonly string[]) => rights(...steps).filter(Boolean).length
  const solution = problem.solution ?? []
  expect(earned(solution)).toBe(solution.length)
  expect(earned(Array<string>(20).fill(findPrice))).toBe(20)
  expect(earned([...Array<string>(20).fill(findPrice), ...solution])).toBe(25) // and even then it can be solved
})

test('right steps are every plan of what is to come, and the work that can be done', () => {
  expect(task.rightSteps(problem, [findPens])).toEqual([
    findPens,
    findPrice,
    'cost of pens: 3*4=12 dollars',
    'cost of pens: 4*3=12 dollars',
  ])
  expect(task.rightSteps(problem, [pens, price])).toEqual([box])
})

test('idle plans are mistakes', () => {
  const draw = random(1)
  const plans = Array.from({ length: 40 }, () => {
    return task.mistake(problem, problem.solution ?? [], 2, draw, 'plan')?.text
  })
  expect(new Set(plans)).toEqual(
    new Set(['Find the cost of pens.', 'Find the cost of hats.', 'Find the answer.']),
  )
})
