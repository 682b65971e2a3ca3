import { expect } from 'vitest'
import type { Credited, Streams } from '../src/method.ts'
import type { Group, RoleSpan, Rollout } from '../src/types.ts'

/** A rollout with steps of the given lengths in tokens, all written by the policy if not said otherwise. */
export function exampleRollout(
  stepLengths: readonly number[],
  spans?: readonly RoleSpan[],
): Rollout {
  const tokens = stepLengths.reduce((a, b) => a + b, 0)
  let end = 0
  return {
    promptIds: Int32Array.of(1, 2),
    ids: Int32Array.from({ length: tokens }, (_, t) => t),
    logprobs_T: new Float32Array(tokens).fill(-1),
    sampledLogprobs_T: new Float32Array(tokens).fill(-1),
    stop: 'stop',
    weightVersion: 0,
    text: stepLengths.map((_, s) => `step ${s}`).join('\n\n'),
    steps: stepLengths.map((length, s) => {
      end += length
      return { start: end - length, end, text: `step ${s}`, state: 'complete' }
    }),
    spans: spans ?? [{ start: 0, end: tokens, role: 'policy' }],
    branch: null,
  }
}

export function exampleGroup(...rollouts: readonly (readonly number[] | Rollout)[]): Group {
  return {
    problem: { id: 'p', prompt: 'six times seven?', answer: '42', solution: null, meta: {} },
    rollouts: rollouts.map(r => ('ids' in r ? r : exampleRollout(r))),
  }
}

export const f32 = (...xs: readonly number[]): Float32Array => Float32Array.from(xs)

/** The worked example that the golden numbers belong to: three rollouts of nine, ten and six tokens. */
export const worked = {
  maxTokens: 16,
  group: exampleGroup([4, 3, 3], [5, 4], [6]),
  rewards: {
    outcome_G: [0, 1, 0] as readonly (number | null)[],
    steps_G_S: [f32(0.9, -0.6, 0.4), f32(0.8, 0.7), f32(0.5)],
  },
}

/** Fails unless the numbers agree to 1e-5; expected numbers past the end must be 0 (padding). */
export function expectClose(actual: ArrayLike<number> | null, expected: ArrayLike<number>): void {
  if (actual === null) throw new Error('expected numbers, got null')
  expect(actual.length).toBeLessThanOrEqual(expected.length)
  for (let i = 0; i < expected.length; i++) {
    const found = i < actual.length ? actual[i] : 0
    if (!(Math.abs(found - expected[i]) <= 1e-5))
      throw new Error(`element ${i}: ${found}, expected ${expected[i]}`)
  }
}

/** A batch of credited groups, whose rewards nothing reads. */
export function credited<K extends string>(
  groups_P: readonly Group[],
  streams_P: readonly Streams<K>[],
): Credited<object, K> {
  return { groups_P, rewards_P: groups_P.map(() => ({})), streams_P }
}
