import { expect, test } from 'vitest'
import { DataError } from '../../../src/errors.ts'
import { scoreEach } from '../../../src/prm/score/score-each.ts'
import type { StepScorer } from '../../../src/prm/score/step-scorer.ts'
import { solutionOf } from '../solutions.ts'

function scorer(fail: Error): StepScorer & { readonly asked: number[] } {
  const asked: number[] = []
  return {
    name: 'rule',
    range: [0, 1],
    threshold: 0.5,
    aggregation: 'min',
    asked,
    score: async solutions => {
      asked.push(solutions.length)
      if (solutions.some(({ steps }) => steps.includes('bad'))) throw fail
      return solutions.map(({ steps }) => steps.map(() => 1))
    },
    close: async () => {},
  }
}
const good = solutionOf('q', ['a', 'b'])
const bad = solutionOf('q', ['bad'])

test('one that cannot be laid out does not keep the others from being scored', async () => {
  const wrong = new DataError('too long')
  const one = scorer(wrong)
  expect(await scoreEach(one, [good, bad, good])).toEqual([[1, 1], wrong, [1, 1]])
  expect(one.asked).toEqual([3, 1, 1, 1])
})

test('all at once where all can be, and any other failure is thrown', async () => {
  const one = scorer(new DataError('x'))
  expect(await scoreEach(one, [good, good])).toEqual([
    [1, 1],
    [1, 1],
  ])
  expect(one.asked).toEqual([2])
  await expect(scoreEach(scorer(new TypeError('defect')), [bad])).rejects.toThrow(TypeError)
})
