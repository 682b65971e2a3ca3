import { expect, test } from 'vitest'
import { random } from '../../../../src/numbers/random.ts'
import { boundedPairs } from '../../../../src/prm/train/losses/bounded-pairs.ts'
import { implicitDpo } from '../../../../src/prm/train/losses/implicit-dpo.ts'
import type { Response } from '../../../../src/prm/train/losses/loss.ts'
import { f32 } from '../../../example-groups.ts'
import { responseDerivatives } from './golden.ts'

/** A response whose reward is `ratio` in nats, over two tokens. */
const response = (ratio: number, outcome: number): Response => ({
  policy_T: f32(ratio - 1, -1),
  reference_T: f32(-1, -1),
  outcome,
})

test('worked out by hand: the pair, and both bounds (arXiv:2309.10202, section 3.1)', () => {
  const softplus = (x: number): number => Math.log1p(Math.exp(x))
  const { loss, terms } = boundedPairs({ beta: 2, margin: 1 }).of([
    response(0.5, 1),
    response(-1.5, 0),
  ])
  // rewards 1 and -3: apart by 4, at the margin above, beyond it below
  expect(loss).toBeCloseTo(softplus(-4) + softplus(0) + softplus(2), 6)
  expect(terms).toBe(1)
})

test('the slopes are derivatives', () => {
  responseDerivatives(boundedPairs({ beta: 0.3, margin: 0.5 }), [response(0.5, 1), response(-1, 0)])
  responseDerivatives(boundedPairs({ beta: 0.3, margin: 2 }), [response(-2, 1), response(3, 0)])
})

test('going down it, rewards stay about the margin, where those of pairs alone grow on', () => {
  const draw = random(3)
  for (let round = 0; round < 20; round++) {
    const start = [4 * draw() - 2, 4 * draw() - 2] as const
    const margin = 1 + 2 * draw()
    const settled = (loss: ReturnType<typeof implicitDpo>): [number, number] => {
      let [right, wrong] = start as readonly number[] as [number, number]
      for (let i = 0; i < 3000; i++) {
        const { slopes_G_T } = loss.of([response(right, 1), response(wrong, 0)])
        right -= 0.5 * slopes_G_T[0]![0]!
        wrong -= 0.5 * slopes_G_T[1]![0]!
      }
      return [right, wrong]
    }
    const [right, wrong] = settled(boundedPairs({ beta: 1, margin }))
    expect(right).toBeCloseTo(-wrong, 3) // about what is expected, which is 0
    expect(right).toBeGreaterThan(0)
    expect(right).toBeLessThan(margin)
    const [far, low] = settled(implicitDpo({ beta: 1 }))
    expect(far - low).toBeGreaterThan(right - wrong)
  }
})

test('a wide margin is the loss of pairs alone; what is no pair is refused', () => {
  const pair = [response(0.4, 1), response(0.1, 0)]
  const wide = boundedPairs({ beta: 0.5, margin: 60 }).of(pair)
  const plain = implicitDpo({ beta: 0.5 }).of(pair)
  expect(wide.loss).toBeCloseTo(plain.loss, 8)
  expect(wide.slopes_G_T).toEqual(plain.slopes_G_T)
  expect(() => boundedPairs().of([response(1, 0), response(1, 1)])).toThrow('outcomes 0, 1')
  expect(() => boundedPairs({ margin: 0 })).toThrow('margin 0')
  expect(() => boundedPairs({ beta: Number.NaN })).toThrow(RangeError)
})
