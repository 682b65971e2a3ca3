import { expect, test } from 'vitest'
import type { Rewards } from '../../src/method.ts'
import { asRollout, textRollout } from '../../src/rollouts/text-rollout.ts'
import { suspect } from '../../src/train/suspect.ts'
import { problems, tokenizer } from '../toy.ts'

const limits = { giantStep: 3 }

const group = (...answers: readonly (readonly string[])[]) => ({
  problem: problems[0]!,
  rollouts: answers.map(steps => asRollout(textRollout('q0', steps, true, tokenizer))),
})
const scores = (...worst: readonly number[]) => worst.map(score => Float32Array.of(1, score))
const rewards = (outcome_G: Rewards['outcome_G'], ...worst: readonly number[]): Rewards => ({
  outcome_G,
  steps_G_S: scores(...worst),
})

const groups_P = [
  group(['good', '\\boxed{0}'], ['\\boxed{1}'], []),
  group([], ['goodgoodgood\\boxed{0}'], ['\\boxed{1}']),
]
const rewards_P = [rewards([1, 0, 0], 0.9, 0.3, 0.1), rewards([0, 1, 0], 0.2, 0.5, 0.8)]

test('of those that show a pattern the one that was rewarded most', () => {
  const of = (pattern: string) => suspect(pattern, { groups_P, rewards_P }, limits)
  expect(of('empty answer')).toEqual({ group: 1, rollout: 0 })
  expect(of('giant step')).toEqual({ group: 1, rollout: 1 })
  expect(of('plan without solving')).toBeNull()
})

test('the wrong answer that the judge likes best', () => {
  const at = suspect('reward without right answers', { groups_P, rewards_P }, limits)
  expect(at).toEqual({ group: 1, rollout: 2 })
})

test('a fall of right answers is seen in no rollout, and what was replayed is not the policy', () => {
  expect(suspect('right answers fall', { groups_P, rewards_P }, limits)).toBeNull()
  const replayed = groups_P.map(({ problem, rollouts }) => ({
    problem,
    rollouts: rollouts.map(one => ({ ...one, origin: 'replay' as const })),
  }))
  expect(suspect('empty answer', { groups_P: replayed, rewards_P }, limits)).toBeNull()
})
