import { describe, expect, test } from 'vitest'
import type { Iteration } from '../../src/iterate.ts'
import type { Rewards } from '../../src/method.ts'
import { asRollout, textRollout } from '../../src/rollouts/text-rollout.ts'
import { iterationMetrics } from '../../src/train/metrics.ts'
import type { Group, Problem } from '../../src/types.ts'
import { problems, tokenizer } from '../toy.ts'

const limits = { giantStep: 3 }

/** An iteration on one problem: answers by their steps, and how they were rewarded. */
function iteration(
  answers: readonly (readonly string[])[],
  rewards: Rewards,
  problem: Problem = problems[0]!,
): Iteration {
  const rollouts = answers.map((steps, g) =>
    asRollout(textRollout('q0', steps, g !== answers.length - 1, tokenizer)),
  )
  return {
    groups_P: [{ problem, rollouts }],
    rewards_P: [rewards],
    credited: {
      ...{ groups: [], rollouts_P: [], groups_P: [], rewards_P: [] },
      ...{ streams_P: [], advantages_P_G_T: [] },
    },
    learned: { rollouts_P: [] },
    memory: null,
    dropped: null,
    metrics: { 'update/loss': -0.5 },
  }
}

// right in two steps; wrong in one; right, in one giant step, cut off
const answers = [['good', '\\boxed{0}'], ['\\boxed{1}'], ['goodgoodgood\\boxed{0}']]
const rewards: Rewards = {
  outcome_G: [1, null, 1],
  steps_G_S: [Float32Array.of(0.5, 0.25), Float32Array.of(0.75), Float32Array.of(-0.5)],
}

describe('of an iteration', () => {
  test('answers, by whether they are right', async () => {
    const found = await iterationMetrics(iteration(answers, rewards), null, limits)
    expect(found).toMatchObject({
      'rollouts/accuracy': 2 / 3,
      'rollouts/tokens_mean': 10 / 3, // 4, with separator and end; 2; 4
      'rollouts/tokens_right_mean': 4,
      'rollouts/tokens_wrong_mean': 2,
      'rollouts/steps_mean': 4 / 3,
      'rollouts/tokens_per_step': 10 / 4,
      'rollouts/truncated': 1 / 3,
      'rollouts/truncated_right': 1 / 2,
      'rollouts/truncated_wrong': 0,
      'rollouts/no_box': 0,
      'update/loss': -0.5,
      'update/dropped': 0,
    })
    const right = found['rollouts/repetition_right_mean']!
    expect(right).toBeGreaterThan(found['rollouts/repetition_wrong_mean']!)
  })

  test('the KL that a reward is made of, over the tokens that have one', async () => {
    const logRatios_G_T = [Float32Array.of(0.5, -0.25), null, Float32Array.of(0.5)]
    const found = await iterationMetrics(
      iteration(answers, { ...rewards, logRatios_G_T }),
      null,
      limits,
    )
    expect(found['rewards/kl_mean']).toBe(0.25)
    const none = await iterationMetrics(iteration(answers, rewards), null, limits)
    expect(none).not.toHaveProperty('rewards/kl_mean')
  })

  test('what a scorer names, each under its name', async () => {
    const named: Rewards = {
      ...rewards,
      parts_G: { polite: [1, null, 0.5], unknown: [null, null, null] },
      tokens_G_T: [Float32Array.of(1, 3), null, Float32Array.of(2)],
      entropies_G_T: [Float32Array.of(0.5), Float32Array.of(0.25), null],
      values_G_T: answers.map(() => Float32Array.of(0.75)),
    }
    const found = await iterationMetrics(iteration(answers, named), null, limits)
    expect(found).toMatchObject({
      'rewards/polite_mean': 0.75,
      'rewards/token_mean': 2,
      'rewards/entropy_mean': 0.375,
      'rewards/value_mean': 0.75,
    })
    expect(found).not.toHaveProperty('rewards/unknown_mean')
  })

  test.each(['hint', 'replay', 'other'] as const)(
    'a rollout of origin %s says nothing of the policy, and is counted by itself',
    async origin => {
      const whole = iteration(answers, rewards)
      const [{ problem, rollouts }] = whole.groups_P as [Group]
      const group = { problem, rollouts: rollouts.with(0, { ...rollouts[0]!, origin }) }
      const found = await iterationMetrics({ ...whole, groups_P: [group] }, null, limits)
      const rest = { outcome_G: [null, 1], steps_G_S: rewards.steps_G_S!.slice(1) }
      const alone = iteration(answers.slice(1), rest)
      const share = { [`rollouts/${origin}_share`]: 1 / 3 }
      expect(found).toEqual({ ...(await iterationMetrics(alone, null, limits)), ...share })
    },
  )

  test('rewards, the judge beside the grader, and patterns', async () => {
    const found = await iterationMetrics(iteration(answers, rewards), null, limits)
    expect(found).toMatchObject({
      'rewards/outcome_mean': 1,
      'rewards/outcome_spread': 0,
      'rewards/outcome_labelled': 2 / 3,
      'rewards/process_mean': 0.25,
      'rewards/process_min_mean': (0.25 + 0.75 - 0.5) / 3,
      'rewards/process_sum_mean': (0.75 + 0.75 - 0.5) / 3,
      'rewards/process_outcome_agreement': 1 / 3,
      'guards/empty_answer': 0,
      'guards/giant_step': 1 / 3,
      'guards/plan_without_solving': 0,
      'guards/truncated_rewarded': 1 / 3,
    })
  })

  test('what there is nothing to count for is absent, and nothing is NaN', async () => {
    const unknown = { ...problems[0]!, answer: null }
    const none: Rewards = { outcome_G: [null, null, null] }
    const found = await iterationMetrics(iteration(answers, none, unknown), null, limits)
    expect(Object.values(found).every(Number.isFinite)).toBe(true)
    const absent = [
      'rollouts/accuracy',
      'rollouts/tokens_right_mean',
      'rewards/outcome_mean',
      'rewards/process_mean',
    ]
    for (const key of absent) expect(found).not.toHaveProperty([key])
    expect(found['rewards/outcome_labelled']).toBe(0)
    const empty: Iteration = { ...iteration([], none), groups_P: [], rewards_P: [] }
    expect(Object.values(await iterationMetrics(empty, null, limits)).every(Number.isFinite)).toBe(
      true,
    )
  })

  test('a score that is not a number stays visible', async () => {
    const odd: Rewards = {
      ...rewards,
      steps_G_S: rewards.steps_G_S!.map(s => s!.map(() => Number.NaN)),
    }
    const found = await iterationMetrics(iteration(answers, odd), null, limits)
    expect(found['rewards/process_mean']).toBeNaN()
  })
})
