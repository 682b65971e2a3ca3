import { expect, test } from 'vitest'
import { type ClipDeltaOptions, clipDelta, deltas } from '../../src/credit/clip-delta.ts'
import { random } from '../../src/numbers/random.ts'
import { exampleGroup, expectClose, f32 } from '../example-groups.ts'

const scores = f32(0.9, 0.4, 0.8, 0.7)

/** The return of each step. */
function returnsOf(rewards_S: Float32Array, options: ClipDeltaOptions): Float32Array {
  const group = exampleGroup(Array.from(rewards_S, () => 1))
  return clipDelta(options)(group, { steps_G_S: [rewards_S] })[0]!
}

test('rewards of 0.9, 0.4, 0.8 and 0.7 with a ceiling of 0.6 (arXiv:2410.15115, section 4.2)', () => {
  expectClose(deltas(scores), [0.5, -0.4, 0.8, 0])
  expectClose(deltas(f32(0, -0.2, 0, 0)), [0.2, -0.2, 0, 0])
  expectClose(returnsOf(scores, { ceiling: 0.6, delta: false }), [-0.2, -0.2, 0, 0])
  expectClose(returnsOf(scores, { ceiling: 0.6, clip: false }), [0.9, 0.4, 0.8, 0])
  expectClose(returnsOf(scores, { ceiling: 0.6 }), [0, -0.2, 0, 0])
})

test('ten more steps of 0.9 raise the sum by 9, and nothing else', () => {
  const more = Float32Array.from([...scores, ...Array(10).fill(0.9)])
  const gain = (options: ClipDeltaOptions): number =>
    returnsOf(more, options)[0]! - returnsOf(scores, options)[0]!
  expect(gain({ ceiling: 0.6, clip: false, delta: false })).toBeCloseTo(9, 5)
  expect(gain({ ceiling: 0.6, clip: false })).toBeCloseTo(0, 5)
  expect(gain({ ceiling: 0.6, delta: false })).toBeCloseTo(0, 5)
  expect(gain({ ceiling: 0.6 })).toBeCloseTo(0, 5)
})

test('the return of a step is its own clipped reward, however many follow', () => {
  const draw = random(8)
  for (let round = 0; round < 100; round++) {
    const rewards_S = Float32Array.from({ length: 1 + (round % 7) }, () => 2 * draw() - 1)
    const expected = rewards_S.map((r, s) => (s === rewards_S.length - 1 ? 0 : Math.min(r, 0)))
    expectClose(returnsOf(rewards_S, { ceiling: 0 }), expected)
  }
})

test('rollouts without scores stay without label', () => {
  expect(clipDelta({ ceiling: 0 })(exampleGroup([1]), { steps_G_S: [null] })).toEqual([null])
})
