import { expect, test } from 'vitest'
import { dominance, dominates, paretoPairs } from '../../src/credit/dominance.ts'
import { below, random } from '../../src/numbers/random.ts'
import { exampleGroup, f32 } from '../example-groups.ts'

test('(3, 2) and (2, 3) are the front, each above (1, 1) and neither above the other (arXiv:2507.17849, section 3.3)', () => {
  expect(
    paretoPairs([
      [3, 2],
      [2, 3],
      [1, 1],
    ]),
  ).toEqual([
    [0, 2],
    [1, 2],
  ])
  expect(paretoPairs([[1, 1]])).toEqual([])
  expect(dominates([1, 1], [1, 1])).toBe(false)
})

test('dominance is transitive, and the scale of a criterion changes no pair', () => {
  const draw = random(3)
  for (let round = 0; round < 100; round++) {
    const vectors = Array.from({ length: 6 }, () => [0, 1, 2].map(() => below(draw, 4)))
    const scales = [0, 1, 2].map(() => 0.5 + 3 * draw())
    const scaled = vectors.map(one => one.map((x, i) => scales[i]! * x - 1))
    expect(paretoPairs(scaled)).toEqual(paretoPairs(vectors))
    for (const a of vectors)
      for (const b of vectors)
        for (const c of vectors)
          if (dominates(a, b) && dominates(b, c)) expect(dominates(a, c)).toBe(true)
  }
})

const creditOf = (outcome_G: (number | null)[], steps_G_S: (Float32Array | null)[]) =>
  dominance()(exampleGroup(...outcome_G.map(() => [1])), { outcome_G, steps_G_S }).map(
    r_T => r_T && r_T[0]!,
  )

test('of three rollouts two are better than the third; what is not known is in no pair', () => {
  // the first has a better mean, the second a better worst step
  const steps = [f32(0.9, 0.1), f32(0.4, 0.4), f32(0.3, -0.5), null, f32(1)]
  expect(creditOf([1, 1, 0, 1, null], steps)).toEqual([0.5, 0.5, -1, null, null])
})

test('no number is no reward, and of rollouts in all the same none earns anything', () => {
  expect(creditOf([1, 0], [f32(Number.NaN), f32(1)])[0]).toBeNaN()
  expect(creditOf([1, 1], [f32(0.5), f32(0.5)])).toEqual([0, 0])
  expect(creditOf([1], [f32(0.5)])).toEqual([0])
})

test('rewards of a group sum to zero', () => {
  const draw = random(5)
  for (let round = 0; round < 100; round++) {
    const outcomes = Array.from({ length: 7 }, () => below(draw, 2))
    const found = creditOf(
      outcomes,
      outcomes.map(() => f32(draw(), draw())),
    )
    expect(found.reduce((sum: number, x) => sum + x!, 0)).toBeCloseTo(0, 5)
  }
})
