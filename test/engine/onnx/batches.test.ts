import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketByLength } from '../../../src/engine/onnx/batches.ts'

test('the longest first, with others of its length', () => {
  expect(bucketByLength([3, 16, 9, 15, 1], () => 32)).toEqual([
    { members: [1, 3], length: 16 },
    { members: [2, 0], length: 16 },
    { members: [4], length: 8 },
  ])
  expect(bucketByLength([], () => 32)).toEqual([])
})

test('a sequence longer than the budget is alone', () => {
  expect(bucketByLength([40, 41], () => 32)).toEqual([
    { members: [1], length: 48 },
    { members: [0], length: 40 },
  ])
})

test('where there is enough to do, a much shorter sequence begins a rectangle of its own', () => {
  const lengths = [...Array(10).fill(128), ...Array(10).fill(64)]
  const [long, short] = bucketByLength(lengths, () => 4096)
  expect(long).toEqual({ members: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], length: 128 })
  expect(short!.length).toBe(64)
  expect(bucketByLength([64, 16], () => 4096).length).toBe(1)
})

const lengths = fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 60 })
const budget = fc.integer({ min: 1, max: 1000 })

test('every sequence is in exactly one rectangle', () => {
  fc.assert(
    fc.property(lengths, budget, (lengths, budget) => {
      const members = bucketByLength(lengths, () => budget).flatMap(bucket => bucket.members)
      expect(members.toSorted((a, b) => a - b)).toEqual(lengths.map((_, i) => i))
    }),
  )
})

test('rectangles hold their sequences and the budget', () => {
  fc.assert(
    fc.property(lengths, budget, (lengths, budget) => {
      for (const { members, length } of bucketByLength(lengths, () => budget)) {
        const longest = Math.max(...members.map(i => lengths[i]!))
        expect(length).toBeGreaterThanOrEqual(longest)
        expect(length).toBeLessThan(longest + 8)
        if (members.length > 1) expect(members.length * length).toBeLessThanOrEqual(budget)
      }
    }),
  )
})
