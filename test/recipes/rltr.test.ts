import { expect, test } from 'vitest'
import { outcome } from '../../src/rewards/outcome.ts'
import type { Ask } from '../../src/rewards/remote/chat.ts'
import { summedUp } from '../../src/rewards/summed-up.ts'
import { callsOf, planReward, toolPlan } from '../../src/rewards/tool-plan.ts'
import { exampleGroup, exampleRollout } from '../example-groups.ts'

const costs = { repeated: 0.1, failed: 0.2 }
const none = { repeated: 0, failed: 0 }

test('five votes, four for it: 0.8, less what repeated and failed calls cost (arXiv:2508.19598, section 3.2)', () => {
  expect(planReward([true, true, false, true, true], none, costs)).toBeCloseTo(0.8, 9)
  expect(planReward([true, true], { repeated: 2, failed: 1 }, costs)).toBeCloseTo(0.6, 9)
  expect(planReward([false, false, null], none, costs)).toBe(0)
  expect(planReward([null, null], none, costs)).toBeNull()
})

test('calls are told apart by what they ask; the environment says which failed', () => {
  const talk = { replies: 3, parts: { calls: 3, call_errors: 1 }, failed: null }
  const said = '{1+1=} and {2+2=} and {1+1=}'
  expect(callsOf({ text: '', talk: { ...talk, said } })).toEqual({ repeated: 1, failed: 1 })
  expect(callsOf({ text: said })).toEqual({ repeated: 1, failed: 0 })
  expect(callsOf({ text: 'no call' })).toEqual(none)
})

/** Answers in turn; one of its readers makes nothing of 'hm'. */
const saying = (...answers: readonly string[]): Ask => {
  const next = answers.values()
  return async (_, read) => read(next.next().value ?? 'hm')
}

test('a text without an answer is worth -1 whatever is voted; votes that are missing are not counted', async () => {
  const texts = ['{6*7=}42 \\boxed{42}', 'no answer', '\\boxed{1}']
  const group = exampleGroup(...texts.map(text => ({ ...exampleRollout([1]), text })))
  const ask = saying('\\boxed{yes}', 'hm', '\\boxed{no}')
  const [found] = await toolPlan(ask, { ...costs, votes: 3, seed: 1 })([group])
  expect(found!.parts_G.plan).toEqual([0.5, -1, null])
})

test('what a model sums up from the calls is graded for itself; the own answer is not shown to it', async () => {
  const talk = { said: '{6*7=} so \\boxed{41}', replies: 1, parts: {}, failed: null }
  const rollout = { ...exampleRollout([1]), text: '{6*7=42} so \\boxed{41}', talk }
  const silent = { ...exampleRollout([1]), text: 'no call' }
  const asked: string[] = []
  const ask: Ask = async ([message], read) => {
    asked.push(message!.content)
    return asked.length === 1 ? read('It is \\boxed{42}') : null
  }
  const [found] = await summedUp(outcome(), ask, 1)([exampleGroup(rollout, silent)])
  expect(found!.parts_G.answered).toEqual([1, null])
  expect(asked[0]).toContain('{6*7=42}')
  expect(asked[0]).not.toContain('41')
})
