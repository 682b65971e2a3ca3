import { expect, test } from 'vitest'
import { answersInTime, regretReport, regretsOf } from '../../src/eval/in-time.ts'
import { boxedGrader } from '../../src/rewards/grader.ts'
import { goingOn } from '../../src/rollouts/go-on.ts'
import { independent } from '../../src/rollouts/independent.ts'
import { problems, toyPolicy, toySampler } from '../toy.ts'

const sampler = toySampler(toyPolicy(2))

test('a closing stands behind the prefix, and what follows has room of its own', async () => {
  const [group] = await independent(sampler, 1)(problems.slice(0, 1), 3)
  const rollout = group!.rollouts[0]!
  const cut = { rollout, steps: 0, n: 3, seed: 1 }
  const [three] = await goingOn(sampler, { closing: 'badbad\n\n', tokens: 2 })([cut])
  expect(three).toHaveLength(3)
  for (const one of three!) {
    expect(one.text.startsWith('badbad\n\n')).toBe(true)
    expect(one.ids.length).toBeLessThanOrEqual(3 + 2)
    expect([...one.logprobs_T.subarray(0, 3)]).toEqual([Number.NaN, Number.NaN, Number.NaN])
    expect(one.steps.at(-1)!.end).toBe(one.ids.length)
    expect(['stop', 'length']).toContain(one.stop)
  }
  const whole = { ...cut, steps: rollout.steps.length }
  const short = { ...sampler, maxTokens: rollout.ids.length } // no room is left but that of the closing
  const [more] = await goingOn(short, { closing: 'bad', tokens: 2 })([whole])
  expect(more![0]!.ids.length).toBeGreaterThan(rollout.ids.length + 1)
})

test('chances stand before the first step and behind each, by tokens; null where nothing grades them', async () => {
  const groups = await independent(sampler, 2)(problems.slice(1, 2), 3)
  const asked = { attempts: 2, grader: boxedGrader(), seed: 1 }
  const found = await answersInTime(sampler, groups, { ...asked, closing: '\\boxed{1}good' })
  for (const [g, chances] of found[0]!.entries()) {
    const { steps } = groups[0]!.rollouts[g]!
    expect(chances!.map(({ tokens }) => tokens)).toEqual([0, ...steps.map(({ end }) => end)])
    for (const { chance } of chances!) expect(chance >= 0 && chance <= 1).toBe(true)
  }
  const nobody = groups.map(group => ({ ...group, problem: { ...group.problem, answer: null } }))
  expect(await answersInTime(sampler, nobody, { ...asked, closing: 'bad' })).toEqual([[null, null]])
})

test('a quarter, half and all of a budget (arXiv:2503.07572, section 4)', () => {
  const chances = [
    [0, 0],
    [1000, 0.4],
    [2000, 0.4],
    [3000, 0.8],
  ].map(([tokens, chance]) => ({ tokens: tokens!, chance: chance! }))
  const regrets = regretsOf(chances, 4000)
  for (const [i, value] of [0.8, 0.7, 0.5].entries()) expect(regrets[i]).toBeCloseTo(value, 9)
  const { rollouts, curve } = regretReport([regrets, [1, 1, 1]], 4000)
  expect([rollouts, ...curve.map(({ budget }) => budget)]).toEqual([2, 1000, 2000, 4000])
  expect(curve[2]!.regret).toBeCloseTo(0.75, 9)
  expect(regretReport([], 4).curve[0]!.regret).toBeNaN()
})
