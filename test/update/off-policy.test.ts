// What a loss says of itself: whether it learns the same from the samples of an earlier policy as from the policy's own. One
// token of a vocabulary of three, so that every expectation is a sum.

import { expect, test } from 'vitest'
import type { Loss } from '../../src/method.ts'
import { update } from '../../src/stages.ts'

const policy_V = [0.5, 0.3, 0.2]
const earlier_V = [0.4, 0.25, 0.35]
const advantages_V = [1, -2, 0.5]
const wide = { clip: 1e6 } // nothing is cut: a cut is meant to lose something

/** The expected slope of a loss for the logits, over the samples of a policy. */
function expectedSlope({ of }: Loss, sampler_V: readonly number[], reference_V: readonly number[]) {
  const slope_V = [0, 0, 0]
  for (let drawn = 0; drawn < 3; drawn++) {
    const at = (p_V: readonly number[]) => Float32Array.of(Math.log(p_V[drawn]!))
    const { dlogprobs_G_T } = of([
      {
        group: 0,
        outcome: null,
        replayed_T: null,
        logprobs_T: at(policy_V),
        sampled_T: at(sampler_V),
        drawn_T: at(sampler_V),
        proximal_T: at(policy_V),
        reference_T: at(reference_V),
        advantages_T: Float32Array.of(advantages_V[drawn]!),
        trained_T: Uint8Array.of(1),
      },
    ])
    // d log p[drawn] / d logit[v] = [v = drawn] - p[v]
    for (let v = 0; v < 3; v++)
      slope_V[v]! +=
        sampler_V[drawn]! * dlogprobs_G_T[0]![0]! * (Number(v === drawn) - policy_V[v]!)
  }
  return slope_V
}

function difference(a_V: readonly number[], b_V: readonly number[]): number {
  return Math.max(...a_V.map((a, v) => Math.abs(a - b_V[v]!)))
}

test.each([
  ['clipped', update.clipped(wide), true],
  ['clipped twice', update.clipped({ ...wide, dualClip: 1e6 }), true],
  ['reinforce', update.reinforce(), false],
  ['truncated reinforce', update.truncated(update.reinforce(), { limit: 1e6 }), true],
  ['clipped and reinforce', update.sum(update.clipped(wide), update.reinforce()), false],
] as const)(
  '%s: its slope is the same from the samples of an earlier policy, or it does not say so',
  (_, loss, same) => {
    const [own, others] = [policy_V, earlier_V].map(by_V => expectedSlope(loss, by_V, policy_V))
    expect(Math.max(...own!.map(Math.abs))).toBeGreaterThan(0.1)
    if (same) expect(difference(own!, others!)).toBeLessThan(1e-6)
    else expect(difference(own!, others!)).toBeGreaterThan(0.01)
    expect(loss.offPolicy === true).toBe(same)
  },
)

test.each([
  ['k1', false],
  ['k2', true],
  ['k3', true],
] as const)(
  'a KL by %s: at the reference nothing pulls, whoever sampled, or it does not say so',
  (estimator, still) => {
    const loss = update.kl({ coefficient: 1, estimator })
    expect(difference(expectedSlope(loss, policy_V, policy_V), [0, 0, 0])).toBeLessThan(1e-6)
    const others = difference(expectedSlope(loss, earlier_V, policy_V), [0, 0, 0])
    if (still) expect(others).toBeLessThan(1e-6)
    else expect(others).toBeGreaterThan(0.01)
    expect(loss.offPolicy === true).toBe(still)
    expect(update.kl({ coefficient: 0, estimator }).offPolicy).toBe(true)
  },
)

test('an entropy bonus asks every distribution for its own entropy: it is right whoever sampled', () => {
  expect(update.entropy({ coefficient: 0.1 }).offPolicy).toBe(true)
})
