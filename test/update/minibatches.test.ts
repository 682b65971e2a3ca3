import fc from 'fast-check'
import { expect, test } from 'vitest'
import { random } from '../../src/numbers/random.ts'
import { minibatches } from '../../src/update/minibatches.ts'

test('one pass of one part is everything in order', () => {
  const draw = random(1)
  const before = draw.state()
  expect(minibatches(4, { epochs: 2, minibatches: 1 }, draw)).toEqual([
    [0, 1, 2, 3],
    [0, 1, 2, 3],
  ])
  expect(draw.state()).toEqual(before)
})

test('each epoch goes through everything once, in parts of nearly equal size', () => {
  const whole = (max: number) => fc.integer({ min: 1, max })
  fc.assert(
    fc.property(fc.nat({ max: 40 }), whole(3), whole(9), fc.nat(), (count, epochs, parts, seed) => {
      const found = minibatches(count, { epochs, minibatches: parts }, random(seed))
      const perEpoch = Math.min(count, parts)
      expect(found).toHaveLength(epochs * perEpoch)
      for (let epoch = 0; epoch < epochs; epoch++) {
        const own = found.slice(epoch * perEpoch, (epoch + 1) * perEpoch)
        expect(own.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i))
        const sizes = own.map(part => part.length)
        if (count > 0) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      }
    }),
  )
})

test('the generator decides the order; epochs differ', () => {
  const orders = (seed: number) =>
    minibatches(12, { epochs: 2, minibatches: 3 }, random(seed)).map(part => part.join())
  expect(orders(1)).toEqual(orders(1))
  expect(orders(1)).not.toEqual(orders(2))
  expect(orders(1).slice(0, 3)).not.toEqual(orders(1).slice(3))
})

test('refuses what is no number of passes', () => {
  for (const n of [0, 1.5, Number.NaN]) {
    expect(() => minibatches(4, { epochs: n, minibatches: 1 }, random(1))).toThrow(
      `minibatches: epochs must be a whole number from 1, got ${n}`,
    )
    expect(() => minibatches(4, { epochs: 1, minibatches: n }, random(1))).toThrow(RangeError)
  }
})
