import { expect, test } from 'vitest'
import { addOrthogonal } from '../../src/engine/orthogonal.ts'
import { normal, random } from '../../src/numbers/random.ts'

const head = (rows: number, width: number, offset = 0) => ({
  ...{ rows, width },
  at: (row: number, i: number) => offset + row * width + i,
})
const sum = (weights: Float32Array, rows: number, offset = 0): number =>
  addOrthogonal(new Float32Array(weights.length), weights, head(rows, 4, offset), 1)

test('rows that point one way have all in common, rows at right angles nothing (arXiv:2402.07319, eq. 7)', () => {
  const row = [1, 2, 3, -6]
  const rows = (...other: number[]): Float32Array => Float32Array.of(...row, ...other)
  expect(sum(rows(2, 4, 6, -12), 2)).toBeCloseTo(1, 6)
  expect(sum(rows(-1, -2, -3, 6), 2)).toBeCloseTo(1, 6)
  expect(sum(rows(6, 7, 8, -1), 2)).toBeCloseTo(1, 6) // they are less their means
  expect(sum(rows(2, -1, 0, 0), 2)).toBeCloseTo(0, 1)
  expect(sum(rows(2, 2, 2, 2), 2)).toBe(0) // of one that is its mean nothing is left
  expect(sum(rows(), 1)).toBe(0)
})

test('the slopes are derivatives, and touch the rows alone', () => {
  const draw = random(3)
  for (let k = 0; k < 50; k++) {
    const weights = Float32Array.from({ length: 15 }, () => normal(draw))
    const gradient = new Float32Array(15)
    addOrthogonal(gradient, weights, head(3, 4, 2), 0.5)
    const h = 2 ** -10
    weights.forEach((w, i) => {
      const at = (d: number): number => 0.5 * sum(weights.with(i, w + d), 3, 2)
      if (i < 2 || i === 14) expect(gradient[i]).toBe(0)
      else expect(gradient[i]).toBeCloseTo((at(h) - at(-h)) / (2 * h), 2)
    })
  }
})
