import { expect, test } from 'vitest'
import { transitionsOf, unseenBelow } from '../../src/eval/transitions.ts'
import { random } from '../../src/numbers/random.ts'

test('none of 256: a chance below .0116, at 95 % (arXiv:2505.14216, section 3)', () => {
  expect(unseenBelow(256)).toBeCloseTo(0.01163, 5)
})

test('half and a little become most and nothing: more is right, less is solved', () => {
  const tallies = (...right: number[]) => right.map(one => ({ graded: 50, right: one }))
  const { accuracy, capability, counts } = transitionsOf(tallies(25, 1), tallies(45, 0))
  expect(accuracy).toEqual([0.26, 0.45])
  expect(capability).toEqual([1, 0.5])
  expect(counts[2]![4]).toBe(1)
  expect(counts[1]![0]).toBe(1)
})

test('every problem that both attempted moves once; the same policy moves nothing', () => {
  const draw = random(1)
  for (let round = 0; round < 50; round++) {
    const tallies = () =>
      Array.from({ length: 20 }, () => {
        const graded = draw() < 0.1 ? 0 : 8
        return { graded, right: Math.min(graded, Math.floor(9 * draw())) }
      })
    const [before, after] = [tallies(), tallies()]
    const both = before.filter(({ graded }, p) => graded > 0 && after[p]!.graded > 0).length
    const { counts } = transitionsOf(before, after)
    expect(counts.flat().reduce((a, b) => a + b)).toBe(both)
    const still = transitionsOf(before, before)
    expect(still.counts.every((row, i) => row.every((n, j) => i === j || n === 0))).toBe(true)
    expect(still.accuracy[0]).toBe(still.accuracy[1])
  }
  expect(() => transitionsOf([], [{ graded: 1, right: 1 }])).toThrow(RangeError)
})
