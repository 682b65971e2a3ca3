import { expect, test } from 'vitest'
import { sum } from '../../src/credit/sum.ts'
import { below, type Random, random } from '../../src/numbers/random.ts'
import { chances } from '../../src/rewards/chances.ts'
import { gainsOf, lookAhead } from '../../src/rewards/look-ahead.ts'
import { exampleGroup, expectClose, f32 } from '../example-groups.ts'

const anyValues = (draw: Random) =>
  Float32Array.from({ length: 1 + below(draw, 9) }, () => below(draw, 5) / 4)

test('a step that gains nothing earns a share of the next gain (arXiv:2508.10293, section 3)', () => {
  const values = f32(0.25, 0.25, 0.5, 0.5, 1)
  expect(gainsOf(values, { discount: 0.5, window: 1 })).toEqual(f32(0.125, 0.25, 0.25, 0.5))
  expect(gainsOf(values, { discount: 0.5, window: 0 })).toEqual(f32(0, 0.25, 0, 0.5))
  const late = f32(1, 1, 1, 0) // a loss is seen from afar as well, and a window ends
  expectClose(gainsOf(late, { discount: 0.7, window: 1 }), f32(0, -0.7, -1))
  expect(gainsOf(f32(1, 1, 1), { discount: 0.7, window: 4 })).toEqual(f32(0, 0))
  expect(gainsOf(f32(1, 1 - 1e-6, 0), { discount: 0.5, window: 1 })[0]).toBeCloseTo(-0.5, 5)
})

test('without a window gains add up to the last value less the first; with one, signs are kept', () => {
  const draw = random(43)
  for (let round = 0; round < 200; round++) {
    const values_S = anyValues(draw)
    const own_S = gainsOf(values_S, { discount: 0.7, window: 0 })
    const sum = own_S.reduce((all, gain) => all + gain, 0)
    expect(sum).toBeCloseTo(values_S.at(-1)! - values_S[0]!, 5)
    const seen_S = gainsOf(values_S, { discount: 0.7, window: 4 })
    for (const [s, gain] of own_S.entries()) {
      if (gain !== 0) expect(seen_S[s]).toBe(gain)
      else if (own_S.subarray(s, s + 5).every(x => x === 0)) expect(seen_S[s]).toBe(0)
      else expect(Math.sign(seen_S[s]!)).toBe(Math.sign(own_S.subarray(s).find(x => x !== 0)!))
    }
  }
})

test('the first step earns nothing, nor the only one; an unknown rollout has no label', async () => {
  const group = exampleGroup([2, 1, 1], [2], [1])
  const found = async () => [
    { outcome_G: [1, 1, null], potentials_G_S: [f32(0.5, 0, 0, 1), f32(0.5, 1), null] },
  ]
  const [rewards] = await lookAhead(found, { discount: 0.5, window: 4 })([group])
  expect(rewards!.steps_G_S).toEqual([f32(0, 0.5, 1), f32(0), null])
  expect(sum()(group, rewards!)).toEqual([f32(1.5, 1.5, 1.5, 1), f32(0, 0), null])
})

test('what a step earns is counted by ways on from where it begins and ends', async () => {
  const group = exampleGroup([1, 1, 1])
  // one of four ways on is right behind the first step, all are behind the second; the whole is right
  const goOn = async (cuts: readonly { readonly steps: number; readonly n: number }[]) =>
    cuts.map(({ steps, n }) =>
      Array.from({ length: n }, (_, i) => ({
        ...group.rollouts[0]!,
        text: steps === 2 || i === 0 ? 'right' : 'wrong',
      })),
    )
  const grade = async (groups: readonly (typeof group)[]) =>
    groups.map(({ rollouts }) => ({
      outcome_G: rollouts.map(({ text }) => (text === 'wrong' ? 0 : 1)),
    }))
  const [found] = await lookAhead(chances(grade, { goOn, n: 4, seed: 1 }), {
    discount: 0.7,
    window: 4,
  })([group])
  expect(found!.steps_G_S).toEqual([f32(0, 0.75, 0)])
})
