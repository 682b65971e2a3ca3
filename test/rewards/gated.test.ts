import { expect, test } from 'vitest'
import type { Rewards, Scorer } from '../../src/method.ts'
import { gated } from '../../src/rewards/gated.ts'
import { outcome } from '../../src/rewards/outcome.ts'
import { asRollout, textRollout } from '../../src/rollouts/text-rollout.ts'
import type { Group } from '../../src/types.ts'
import { problems, tokenizer } from '../toy.ts'

const rolloutOf = (steps: readonly string[]) => asRollout(textRollout('q0', steps, true, tokenizer))
const groups: readonly Group[] = [
  {
    problem: problems[0]!,
    rollouts: [['good', '\\boxed{0}'], ['good', 'good'], ['good']].map(rolloutOf),
  },
  { problem: problems[1]!, rollouts: [rolloutOf(['good', '\\boxed{1}'])] },
]
const rewards: Rewards = {
  outcome_G: [1, null, 1],
  steps_G_S: [Float32Array.of(0.5, 0.9), Float32Array.of(0.9, 0.9), Float32Array.of(0.9)],
}
const untouched: Rewards = { outcome_G: [1], steps_G_S: [Float32Array.of(0.25, 0.75)] }
const scorer: Scorer<Rewards> = async () => [rewards, untouched]
const limits = { giantStep: 100 }

test('what a flagged rollout is rewarded with is replaced; a missing label stays missing', async () => {
  const gates = ['plan-without-solving', 'empty-answer'] as const
  const [first, second] = await gated(scorer, gates, limits)(groups)
  expect(first).toEqual({
    outcome_G: [1, null, 0],
    steps_G_S: [Float32Array.of(0.5, 0.9), Float32Array.of(-1, -1), Float32Array.of(-1)],
  })
  expect(second).toBe(untouched)
})

test('only the patterns that are asked for count, with the values that are asked for', async () => {
  const values = { outcome: -0.5, steps: 0 }
  const [first] = await gated(scorer, ['empty-answer'], limits, values)(groups)
  expect(first!.outcome_G).toEqual([1, null, -0.5])
  expect(first!.steps_G_S![1]).toEqual(Float32Array.of(0.9, 0.9)) // float32 of the same numbers
  expect(first!.steps_G_S![2]).toEqual(Float32Array.of(0))
  expect(await gated(scorer, [], limits)(groups)).toEqual([rewards, untouched])
})

test('any scorer can be gated', async () => {
  const [first] = await gated(outcome(), ['empty-answer'], limits, { outcome: -1 })(groups)
  expect(first).toEqual({ outcome_G: [1, 0, -1] })
})
