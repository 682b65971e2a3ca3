import { expect, test } from 'vitest'
import type { Scorer, StepRewards } from '../../../src/method.ts'
import { counted } from '../../../src/prm/score/counted.ts'
import type { StepScorer } from '../../../src/prm/score/step-scorer.ts'
import { exampleGroup } from '../../example-groups.ts'

test('counts solutions, of rewards and of searches alike, until they are taken; answers stay as they are', async () => {
  const begun: unknown[] = []
  const found = [{ steps_G_S: [null, null] }]
  const rewards = Object.assign(async () => found, { begin: (group: unknown) => begun.push(group) })
  const scorer = { name: 'it', score: async () => [[1]] } as unknown as StepScorer
  const { judge, take } = counted({
    kind: 'model',
    rewards: rewards as unknown as Scorer<StepRewards>,
    scorer,
  })
  const group = exampleGroup([1], [2])
  judge.rewards.begin!(group)
  expect(await judge.rewards([group, group])).toBe(found)
  expect(await judge.scorer.score([{} as never])).toEqual([[1]])
  expect(judge.kind).toBe('model')
  expect(judge.scorer.name).toBe('it')
  expect(begun).toEqual([group])
  expect([take(), take()]).toEqual([5, 0])
})
