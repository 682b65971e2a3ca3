import { describe, expect, test } from 'vitest'
import { VerifierError } from '../../../src/errors.ts'
import { checkedScores } from '../../../src/prm/score/step-scorer.ts'
import type { Solution } from '../../../src/prm/solution.ts'

const problem = { id: 'p', prompt: '1+1?', answer: '2', solution: null, meta: {} }
const solutions: Solution[] = [
  { id: 'a', problem, steps: ['one', 'two'] },
  { id: 'b', problem, steps: ['three'] },
]
const scorer = { name: 'judge', range: [0, 1] } as const

describe('checkedScores', () => {
  test('gives back rows that fit, with missing scores as null', () => {
    const rows = [[0, 1], [null]]
    expect(checkedScores(scorer, solutions, rows)).toBe(rows)
  })

  test.each([
    [[[0, 1]], 'judge: 1 rows of scores for 2 solutions'],
    [[[0], [1]], 'judge: 1 scores for the 2 steps of solution a'],
    [[[0, 1.5], [1]], 'judge: step 1 of solution a has the score 1.5, outside of [0, 1]'],
    [[[0, 1], [Number.NaN]], 'judge: step 0 of solution b has the score NaN, outside of [0, 1]'],
  ])('refuses %j', (rows, message) => {
    expect(() => checkedScores(scorer, solutions, rows)).toThrow(new VerifierError(message))
  })
})
