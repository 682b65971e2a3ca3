import { describe, expect, test } from 'vitest'
import { truncatedReturns } from '../../src/credit/truncated-returns.ts'
import { iterate } from '../../src/iterate.ts'
import { below, random } from '../../src/numbers/random.ts'
import { allocated, stepVariances } from '../../src/numbers/step-budget.ts'
import { once, resolve, rolloutsOf } from '../../src/recipe.ts'
import truncMc from '../../src/recipes/trunc-mc.ts'
import { ended } from '../../src/rewards/ended.ts'
import { stepGains } from '../../src/rewards/step-gains.ts'
import { truncated } from '../../src/rollouts/truncated.ts'
import { exampleGroup, exampleRollout, expectClose, f32 } from '../example-groups.ts'
import { problems, toyNeeds, toyPolicy, toySampler } from '../toy.ts'

describe('returns of truncated rollouts (ICML 2023, section 3)', () => {
  test('discount 1/2, three rollouts of which 3, 2 and 1 reach a step', () => {
    const group = exampleGroup([1, 2, 1], [1, 1], [2])
    const steps_G_S = [f32(1, 2, 4), f32(3, -2), f32(5)]
    const [a, b, c] = truncatedReturns([3, 2, 1], { discount: 0.5 })(group, { steps_G_S })
    // 1 + 2/2 * 3/2 + 4/4 * 3, and so on
    expectClose(a!, [5.5, 4.5, 4.5, 3])
    expectClose(b!, [1.5, -1.5])
    expectClose(c!, [5, 5])
  })

  test('a group estimates what the means of its steps add up to, whoever is stopped', () => {
    const draw = random(2)
    for (let round = 0; round < 100; round++) {
      const [steps, each] = [1 + below(draw, 5), 1 + below(draw, 4)]
      const discount = 0.3 + 0.6 * draw()
      const reach_S = allocated(stepVariances(steps, discount), steps * each)
      const all = reach_S[0]!
      const rewards = Array.from({ length: all }, () => Array.from({ length: steps }, () => draw()))
      const estimate = (turn: number): number => {
        const lengths = rewards.map((_, g) => reach_S.filter(n => n > g).length)
        const group = exampleGroup(...lengths.map(n => new Array<number>(n).fill(1)))
        const steps_G_S = lengths.map((n, g) => f32(...rewards[(g + turn) % all]!.slice(0, n)))
        const returns = truncatedReturns(reach_S, { discount })(group, { steps_G_S })
        return returns.reduce((sum, r_T) => sum + r_T![0]!, 0) / all
      }
      // each rollout stands once in every place: together they say what all of them say when none is stopped
      const turns = rewards.map((_, turn) => estimate(turn))
      const whole = rewards.map(r_S => r_S.reduce((sum, r, s) => sum + discount ** s * r, 0))
      const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length
      expect(mean(turns)).toBeCloseTo(mean(whole), 5)
    }
  })

  test('steps that nobody judged are not known, and those past the horizon earn nothing', () => {
    const rule = truncatedReturns([2], { discount: 0.5 })
    const group = exampleGroup([1, 1], [1])
    const found = rule(group, { steps_G_S: [f32(1, 7), null] })
    expectClose(found[0]!, [1, 0])
    expect(found[1]).toBeNull()
    expect(rule(group, { steps_G_S: [f32(Number.NaN, 1), null] })[0]![0]).toBeNaN()
  })
})

test('gains of steps add up to the last score', async () => {
  const scorer = stepGains(async () => [{ steps_G_S: [f32(0.5, -0.25, 1), null, f32()] }])
  const [{ steps_G_S }] = (await scorer([exampleGroup([1, 1, 1], [1], [])])) as [never]
  expect(steps_G_S).toEqual([f32(0.5, -0.75, 1.25), null, f32()])
})

test('of a rollout that was stopped no outcome is known', async () => {
  const cut = { ...exampleRollout([2]), stop: 'length' as const }
  const scorer = ended(async () => [{ outcome_G: [1, 0, null] }])
  expect(await scorer([exampleGroup([2], cut, [2])])).toEqual([{ outcome_G: [1, null, null] }])
})

describe('truncated rollouts', () => {
  test('as many reach a step as the schedule says, unless they ended before', async () => {
    const reach_S = [6, 3, 1]
    const groups = await truncated(toySampler(toyPolicy(3)), reach_S)(problems, 1)
    let stopped = 0
    for (const { rollouts } of groups) {
      expect(rollouts).toHaveLength(6)
      for (const [g, { steps, stop, ids, logprobs_T }] of rollouts.entries()) {
        const meant = reach_S.filter(n => n > g).length
        expect(steps.length).toBeLessThanOrEqual(meant)
        if (steps.length < meant) expect(stop === 'stop' || ids.length === 12).toBe(true)
        expect(logprobs_T).toHaveLength(ids.length)
        expect([steps[0]!.start, steps.at(-1)!.end]).toEqual([0, ids.length])
        stopped += Number(stop === 'length')
      }
    }
    expect(stopped).toBeGreaterThan(0)
    expect(await truncated(toySampler(toyPolicy(3)), reach_S)(problems, 1)).toEqual(groups)
  })

  test('the recipe asks for as many as begin, and its steps grow better', async () => {
    const options = resolve(truncMc, { horizon: '3', groupSize: '6', discount: '0.5' })
    expect(rolloutsOf(truncMc, options)).toBe(allocated(stepVariances(3, 0.5), 18)[0])
    const policy = toyPolicy(3)
    const learner = { policy, reference: null, learningRate: 0.2 }
    const bad: number[] = []
    for (let i = 0; i < 30; i++) {
      const method = truncMc.build(options, toyNeeds(policy), once)
      const { groups_P } = await iterate(method, problems, learner, i)
      const steps = groups_P.flatMap(({ rollouts }) => rollouts.flatMap(one => one.steps))
      bad.push(steps.filter(({ text }) => text.includes('bad')).length / steps.length)
    }
    const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length
    expect(mean(bad.slice(-8))).toBeLessThan(mean(bad.slice(0, 8)) - 0.1)
  })
})
