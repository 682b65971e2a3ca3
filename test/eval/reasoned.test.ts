import { expect, test } from 'vitest'
import { meanAdvantages, reasonedOf } from '../../src/eval/reasoned.ts'
import { random } from '../../src/numbers/random.ts'

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
