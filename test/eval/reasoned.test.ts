import { expect, test } from 'vitest'
import { judgedSound, meanAdvantages, reasonedBand, reasonedOf } from '../../src/eval/reasoned.ts'
import { below, random } from '../../src/numbers/random.ts'

test('4 right of 8, 2 of them reasoned: pass@2 .786, reasoned .464 (arXiv:2506.14245, eq. 3)', () => {
  const { curve, ...rest } = reasonedOf([{ graded: 8, right: 4 }], [2])
  expect(rest).toEqual({ right: 4, sound: 2, soundOfRight: 0.5 })
  expect(curve.map(({ k }) => k)).toEqual([1, 2, 4, 8])
  expect(curve[1]!.passed).toBeCloseTo(0.786, 3)
  expect(curve[1]!.sound).toBeCloseTo(0.464, 3)
})

test('what is reasoned is never more than what is right, at any k', () => {
  const draw = random(1)
  for (let round = 0; round < 100; round++) {
    const tally_P = Array.from({ length: 5 }, () => ({ graded: 8, right: Math.floor(9 * draw()) }))
    const sound_P = tally_P.map(({ right }) => Math.floor((right + 1) * draw()))
    for (const { passed, sound } of reasonedOf(tally_P, sound_P).curve)
      expect(sound).toBeLessThanOrEqual(passed)
  }
  expect(() => reasonedOf([{ graded: 8, right: 1 }], [2])).toThrow(RangeError)
})

test('outcomes alone favour right steps: .3 of them, chances .9 and .2, .996 and -.427 (theorem 1)', () => {
  const found = meanAdvantages(0.3, 0.9, 0.2)
  expect([found.sound, found.unsound].map(x => Number(x.toFixed(3)))).toEqual([0.996, -0.427])
  const draw = random(2)
  for (let round = 0; round < 100; round++) {
    const [p, b] = [0.01 + 0.98 * draw(), 0.98 * draw()]
    const { sound, unsound } = meanAdvantages(p, b + (1 - b) * (0.01 + 0.98 * draw()), b)
    expect(sound > 0 && unsound < 0).toBe(true)
    expect(p * sound + (1 - p) * unsound).toBeCloseTo(0, 10)
  }
})

test('votes of 3, 2, 1 and 0 of three, and of none: any 3, most 2, all 1', () => {
  const votes_G = [3, 2, 1, 0].map(yes => [0, 1, 2].map(v => v < yes))
  expect(judgedSound([...votes_G, []])).toEqual({ any: 3, most: 2, all: 1, unjudged: 1 })
})

test('the band is around the middle, and never above what is right', () => {
  const draw = random(5)
  for (let round = 0; round < 100; round++) {
    const tallies = Array.from({ length: 4 }, () => ({ graded: 8, right: below(draw, 9) }))
    const judged = tallies.map(({ right }) =>
      judgedSound(Array.from({ length: right }, () => [draw() < 0.6, draw() < 0.6, draw() < 0.6])),
    )
    const { any, most, all } = reasonedBand(tallies, judged)
    for (const [i, { passed }] of any.curve.entries()) {
      const [low, middle, high] = [all, most, any].map(one => one.curve[i]!.sound)
      expect(low).toBeLessThanOrEqual(middle!)
      expect(middle).toBeLessThanOrEqual(high!)
      expect(high).toBeLessThanOrEqual(passed)
    }
  }
})
