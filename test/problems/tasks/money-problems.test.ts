import { describe, expect, test } from 'vitest'
import { random } from '../../../src/numbers/random.ts'
import { moneyProblems as task } from '../../../src/problems/tasks/money-problems.ts'
import type { Problem } from '../../../src/types.ts'

const problem: Problem = {
  id: 'one',
  prompt:
    'Ann buys 3 pens at 4 dollars each. Ben has 7 hats. Ann gets 2 yards of rope for 1 dollar ' +
    'per foot. Ann pays 30 dollars. How many dollars come back?\n\n',
  answer: '12',
  solution: [
    'cost of pens: 3*4=12 dollars',
    'feet of rope: 2*3=6 feet',
    'cost of rope: 6*1=6 dollars',
    'total: 12+6=18 dollars',
    'change: 30-18=12 dollars',
    '\\boxed{12}',
  ],
  meta: {
    task: 'money-problems',
    sheet: {
      quantities: [
        { name: 'cost of pens', unit: 'dollars', operator: '*', left: 3, right: 4 },
        { name: 'feet of rope', unit: 'feet', operator: '*', left: 2, right: 3 },
        { name: 'cost of rope', unit: 'dollars', operator: '*', left: 'feet of rope', right: 1 },
        {
          name: 'total',
          unit: 'dollars',
          operator: '+',
          left: 'cost of pens',
          right: 'cost of rope',
        },
        { name: 'change', unit: 'dollars', operator: '-', left: 30, right: 'total' },
      ],
      unneeded: { numbers: [7], names: ['cost of hats'] },
    },
  },
}
const [pens, feet, rope, total, change, box] = problem.solution ?? []
const verdicts = (...steps: string[]) => task.oracle(problem, steps).map(one => one.right)
const why = (...steps: string[]) =>
  task.oracle(problem, steps).find(one => one.right === false)?.why

describe('oracle', () => {
  test('accepts any order in which all that is needed is known, and swapped operands', () => {
    expect(verdicts(pens, feet, rope, total, change, box)).toEqual(Array(6).fill(true))
    expect(verdicts('feet of rope: 3*2=6 feet', rope, pens, total)).toEqual(Array(4).fill(true))
    expect(verdicts(pens, feet, rope, 'total: 6+12=18 dollars')).toEqual(Array(4).fill(true))
  })

  test('names what is wrong', () => {
    expect(why('cost of pens: 3*4=13 dollars')).toBe('wrong result')
    expect(why('cost of pens: 3+4=7 dollars')).toBe('wrong operation')
    expect(why('cost of pens: 7*4=28 dollars')).toBe('not needed')
    expect(why('cost of hats: 7*4=28 dollars')).toBe('not needed')
    expect(why('cost of pens: 2*4=8 dollars')).toBe('copied wrong')
    expect(why('cost of pens: 3*4=12 cents')).toBe('wrong unit')
    expect(why('cost of pens: 3*4=12 dollar')).toBe('wrong unit')
    expect(why('feet of rope: 2*12=24 inches')).toBe('copied wrong')
    expect(why('cost of rope: 2*1=2 dollars')).toBe('skips')
    expect(why(pens, feet, rope, 'change: 30-12=18 dollars')).toBe('skips')
    expect(why(pens, feet, rope, total, 'change: 18-30=-12 dollars')).toBe('copied wrong')
    expect(why(pens, pens)).toBe('repeats')
    expect(why(pens, 'cost of pens: 4*3=12 dollars')).toBe('no progress')
    expect(why(pens, '\\boxed{12}')).toBe('skips')
    expect(why(pens, feet, rope, total, change, '\\boxed{18}')).toBe('boxed differs')
    expect(why('Find the cost of pens.')).toBe('only plans')
    expect(why('cost of pens: 03*4=12 dollars')).toBe('copied wrong')
    expect(why('3*4=12')).toBe('not a step')
    expect(why('')).toBe('empty')
    expect(why(pens, feet, rope, total, change, box, 'Thanks')).toBe('after the answer')
  })

  test('says what each step does, also after a wrong one', () => {
    const steps = [pens, 'Hello', 'Find the total.', total, box, '']
    const kinds = task.oracle(problem, steps).map(one => one.kind)
    expect(kinds).toEqual(['solve', null, 'plan', 'solve', 'answer', null])
  })

  test.each([
    [{}, 'meta.sheet: missing; expected an object'],
    [{ quantities: [], unneeded: { numbers: [], names: [] } }, 'meta.sheet.quantities: '],
    [
      {
        quantities: [{ name: 'a', unit: 'b', operator: '+', left: 'c', right: 1 }],
        unneeded: { numbers: [], names: [] },
      },
      'meta.sheet: a needs c, not there yet',
    ],
    [
      {
        quantities: [{ name: 'a', unit: 'b', operator: '/', left: 1, right: 0 }],
        unneeded: { numbers: [], names: [] },
      },
      'meta.sheet: a is no whole number',
    ],
  ])('refuses a sheet that does not add up: %j', (sheet, message) => {
    const meta = Object.keys(sheet).length === 0 ? {} : { sheet }
    expect(() => task.oracle({ ...problem, meta }, [])).toThrow(`problem one: ${message}`)
  })
})

describe('mistakes', () => {
  const draw = random(1, 'mistakes')
  const made = (kind: Parameters<typeof task.mistake>[4], index = 0) =>
    new Set(
      Array.from(
        { length: 300 },
        () => task.mistake(problem, problem.solution ?? [], index, draw, kind)?.text,
      ),
    )

  test('are in the style of real ones', () => {
    expect(made('distractor')).toContain('cost of pens: 7*4=28 dollars')
    expect(made('unit')).toContain('cost of rope: 2*1=2 dollars') // not converted
    expect(made('unit')).toContain('feet of rope: 2*12=24 feet')
    expect(made('unit')).toContain('cost of pens: 3*4=12 cents')
    expect(made('dropped')).toEqual(
      new Set(['change: 30-12=18 dollars', 'change: 30-6=24 dollars']),
    )
    expect(made('order', 4)).toEqual(new Set(['change: 18-30=-12 dollars']))
    expect(made('carry', 4)).toEqual(new Set(['change: 30-18=22 dollars']))
    expect(made('repeated', 1)).toEqual(new Set([pens]))
    expect(made('plan', 4)).toEqual(new Set(['Find the change.']))
    expect(made('early-stop', 4)).toContain('\\boxed{18}')
    expect(made('skipped')).toContain('total: 12+6=18 dollars')
  })

  test('are none where their kind does not apply', () => {
    expect(made('repeated')).toEqual(new Set([undefined]))
    expect(made('answer')).toEqual(new Set([undefined]))
    expect(made('early-stop', 5)).toEqual(new Set([undefined]))
    expect(made('sign')).toEqual(new Set([undefined]))
  })
})

test('numbers and lengths grow with difficulty', () => {
  const draw = random(2, 'levels')
  const limits = [9, 20, 99, 200]
  for (let i = 0; i < 400; i++) {
    const made = task.generate(draw, i % 4)
    const results = (made.solution?.join('\n') ?? '').matchAll(/=(-?\d+)/g)
    for (const [, result] of results) {
      expect(Number(result)).toBeGreaterThan(0)
      expect(Number(result)).toBeLessThanOrEqual(limits[i % 4])
    }
    expect(made.solution?.length).toBeLessThanOrEqual([3, 4, 5, 7][i % 4])
    expect(made.solution?.length).toBeGreaterThanOrEqual([3, 3, 4, 5][i % 4])
  }
})
