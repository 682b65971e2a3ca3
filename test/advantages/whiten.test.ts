import { expect, test } from 'vitest'
import { whiten } from '../../src/advantages/whiten.ts'
import { expectClose, f32 } from '../example-groups.ts'

const one = {
  advantages_T: f32(1, 2, 9, 0, 6),
  written_T: Uint8Array.of(1, 1, 0, 1, 1),
  masked_T: Uint8Array.of(0, 0, 0, 0, 1),
}

test('without whitening, masked and unwritten tokens become 0', () => {
  expect(whiten('none', [one]).advantages_B_T).toEqual([f32(1, 2, 0, 0, 0)])
})

test('verl: every unmasked token counts, the variance is divided by one less', () => {
  expectClose(whiten('verl', [one]).advantages_B_T[0], [0, 1, 0, -1, 0])
})

test('openrlhf: a 0 is not counted, though its square is', () => {
  const deviation = Math.sqrt((0.25 + 0.25 + 2 * 2.25) / 2)
  expectClose(whiten('openrlhf', [one]).advantages_B_T[0], [
    -0.5 / deviation,
    0.5 / deviation,
    0,
    0,
    0,
  ])
})

test('advantages and masks must agree', () => {
  const wrong = { ...one, masked_T: new Uint8Array(1) }
  expect(() => whiten('none', [wrong])).toThrow('whiten: 5 advantages, masks of 5 and 1')
})
