import { expect, test } from 'vitest'
import { boundaryOf, supportOf } from '../../src/eval/against.ts'
import { passAtK, type Tally } from '../../src/eval/pass-at-k.ts'
import { below, random } from '../../src/numbers/random.ts'

const times = (n: number, value: boolean): boolean[] => Array.from({ length: n }, () => value)

test('8 problems by both, 2 by the base alone, 1 by the tuned alone (arXiv:2507.14843, section 2)', () => {
  const base = [...times(10, true), ...times(4, false)]
  const tuned = [...times(8, true), ...times(2, false), true, ...times(3, false)]
  const found = supportOf(base, tuned)
  expect(found).toMatchObject({ both: 8, gained: 1, lost: 2, neither: 3, retained: 0.8 })
  expect(found.discovered).toBeCloseTo(0.1111, 4)
  expect(found.harmony).toBeCloseTo(0.1951, 4)
  expect(found.balance).toBeCloseTo(-0.0909, 4)
})

test('a model against itself keeps all and finds nothing; of nothing there is no share', () => {
  const one = [true, false, true]
  expect(supportOf(one, one)).toMatchObject({ retained: 1, discovered: 0, harmony: 0, balance: 0 })
  expect(supportOf([false], [false])).toEqual({
    ...{ both: 0, gained: 0, lost: 0, neither: 1 },
    ...{ retained: null, discovered: null, harmony: null, balance: null },
  })
})

test('pass@k: 3 right of 10 at 5 is 0.9167, none 0, at 1 the share (arXiv:2504.13837, section 2.2)', () => {
  expect(passAtK(10, 3, 5)).toBeCloseTo(0.9167, 4)
  expect([passAtK(10, 0, 5), passAtK(10, 6, 5), passAtK(10, 3, 1)]).toEqual([
    0,
    1,
    expect.closeTo(0.3, 12),
  ])
})

const tally = (right: number, graded = 8): Tally => ({ right, graded })

test('the base is behind with one sample and level again with four', () => {
  // tuned: one problem always, one never; base: both a quarter of the time
  const found = boundaryOf([tally(2), tally(2)], [tally(8), tally(0)])
  expect(found.curve.map(({ k }) => k)).toEqual([1, 2, 4, 8])
  expect(found.curve.map(({ tuned }) => tuned)).toEqual([0.5, 0.5, 0.5, 0.5])
  expect(found.curve[1]!.base).toBeCloseTo(passAtK(8, 2, 2), 12)
  expect(found.crossing).toBe(4)
  expect(found.headroom).toBeCloseTo(0.5, 12)
  expect(found.support).toMatchObject({ both: 1, lost: 1 })
})

test('problems without graded samples of both are left out; k goes as far as both have samples', () => {
  const found = boundaryOf([tally(1, 4), tally(0, 0), tally(2)], [tally(2), tally(3), tally(1)])
  expect([found.problems, found.curve.at(-1)!.k, found.crossing]).toEqual([2, 4, null])
  expect(boundaryOf([tally(0, 0)], [tally(1)])).toMatchObject({ problems: 0, curve: [] })
  expect(() => boundaryOf([], [tally(1)])).toThrow('0 problems against 1')
})

test('no curve falls, and a policy that is tilted among what the base solves gains nothing', () => {
  const draw = random(3)
  for (let round = 0; round < 100; round++) {
    const base = Array.from({ length: 6 }, () => tally(below(draw, 9)))
    const tilted = base.map(({ right }) => tally(right === 0 ? 0 : below(draw, 9)))
    const { curve, support } = boundaryOf(base, tilted)
    expect(support.gained).toBe(0)
    for (const of of ['base', 'tuned'] as const)
      for (let i = 1; i < curve.length; i++)
        expect(curve[i]![of]).toBeGreaterThanOrEqual(curve[i - 1]![of] - 1e-12)
  }
})
