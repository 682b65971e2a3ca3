import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Method } from '../../src/method.ts'
import { once } from '../../src/recipe.ts'
import { timed } from '../../src/train/timing.ts'
import { toyPolicy } from '../toy.ts'
import { toyPlan } from './toy-plan.ts'

test('every stage has its own seconds, counted since they were last asked for', async () => {
  const plain = toyPlan(toyPolicy(), '').methodAt(once)
  const slow: Method = { ...plain, rollouts: async () => setTimeout(30, []) }
  const { method, take } = timed(slow)
  const groups = await method.rollouts([], 1)
  await method.rewards(groups)
  method.advantages({ groups_P: groups, rewards_P: [], streams_P: [] })
  const { sample, reward, credit } = take()
  expect(sample).toBeGreaterThan(0.02)
  expect(reward).toBeGreaterThan(0)
  expect(credit).toBeGreaterThan(0)
  expect(take()).toEqual({ sample: 0, reward: 0, credit: 0 })
})
