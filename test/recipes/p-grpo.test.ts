import { expect, test } from 'vitest'
import { groupNorm } from '../../src/advantages/group-norm.ts'
import { gatedQuality } from '../../src/credit/gated-quality.ts'
import { random } from '../../src/numbers/random.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'

const boxed = { ...exampleRollout([1]), text: '\\boxed{42}' }
const score = (quality: number) => f32(2 * quality - 1)

function returnsOf(outcome_G: (number | null)[], qualities: (number | null)[]) {
  const group = exampleGroup(...outcome_G.map(() => boxed))
  const steps_G_S = qualities.map(quality => (quality === null ? null : score(quality)))
  return { group, returns_G: gatedQuality()(group, { outcome_G, steps_G_S }) }
}

test('form, outcome and quality: 2.9, 2.3 and 1 (arXiv:2508.05170, eq. 6)', () => {
  const { returns_G } = returnsOf([1, 1, 0], [0.9, 0.3, 0.99])
  expect(returns_G.map(r_T => Number(r_T![0]!.toFixed(5)))).toEqual([2.9, 2.3, 1])
})

test('a wrong answer gains nothing by the quality of its reasoning', () => {
  const draw = random(1)
  for (let round = 0; round < 50; round++)
    expect(returnsOf([0], [draw()]).returns_G).toEqual([f32(1)])
})

test('where all are right the better reasoning is above', () => {
  const { group, returns_G } = returnsOf([1, 1], [0.4, 0.8])
  const [worse, better] = groupNorm()(group, returns_G)
  expect(better![0]).toBeGreaterThan(worse![0]!)
})

test('without a box a point less; what counts and is not known makes it unknown', () => {
  const plain = gatedQuality()(exampleGroup([1]), { outcome_G: [0], steps_G_S: [null] })
  expect(plain).toEqual([f32(0)])
  expect(returnsOf([1, null, 0], [null, 0.5, null]).returns_G).toEqual([null, null, f32(1)])
})
