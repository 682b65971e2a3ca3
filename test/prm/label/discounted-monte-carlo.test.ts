import { expect, test } from 'vitest'
import { discountedMonteCarloMethod } from '../../../src/prm/label/methods/discounted-monte-carlo.ts'
import { endsRight, rolloutsIn, solutionOf, talk, workOf } from './by-hand.ts'

test('labels by completions that grow fewer along a solution, as many in all', () => {
  const one = solutionOf('s', [1, 2, 3, 4], false)
  const labels = discountedMonteCarloMethod.build(
    { completions: 10, discount: 0.5, trustAnswers: false },
    { seed: 1, judge: null, oracleOf: () => null, mutateOf: () => null as never },
  )
  if (labels.kind !== 'solutions') throw new Error('it labels solutions')
  const said = talk(
    labels.labeler.label(workOf(one)),
    endsRight(() => 2),
  )
  expect(rolloutsIn(said)).toBe(30)
  expect(said.rounds.flat().map(({ n }) => n)).toEqual([19, 8, 3])
  const { labels_S } = said.value[0]!.labelled
  for (const [s, value] of [2 / 19, 2 / 8, 2 / 3, 0].entries())
    expect(labels_S[s]).toBeCloseTo(value, 12)
})
