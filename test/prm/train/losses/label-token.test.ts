import fc from 'fast-check'
import { expect, test } from 'vitest'
import { labelToken } from '../../../../src/prm/train/losses/label-token.ts'

test('the label that is there counts, a soft one in parts', () => {
  expect(labelToken().weights(1)).toEqual({ right: 1, wrong: 0 })
  expect(labelToken().weights(0)).toEqual({ right: 0, wrong: 1 })
  expect(labelToken().weights(0.25)).toEqual({ right: 0.25, wrong: 0.75 })
  expect(labelToken({ wrongWeight: 4 }).weights(0.25)).toEqual({ right: 0.25, wrong: 3 })
})

test('the loss is least where the tokens are as probable as the label says', () => {
  const share = fc.double({ min: 0.01, max: 0.99, noNaN: true })
  fc.assert(
    fc.property(share, share, (y, p) => {
      const { right, wrong } = labelToken().weights(y)
      const loss = (q: number): number => -right * Math.log(q) - wrong * Math.log(1 - q)
      expect(loss(p)).toBeGreaterThanOrEqual(loss(y) - 1e-12)
    }),
  )
})

test('refusals', () => {
  expect(() => labelToken({ wrongWeight: Number.NaN })).toThrow('expected a number above 0')
})
