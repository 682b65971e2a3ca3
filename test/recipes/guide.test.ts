import { describe, expect, test } from 'vitest'
import { iterate } from '../../src/iterate.ts'
import type { Method } from '../../src/method.ts'
import { type Needs, once, resolve } from '../../src/recipe.ts'
import grpo from '../../src/recipes/grpo.ts'
import guide from '../../src/recipes/guide.ts'
import { boxedGrader } from '../../src/rewards/grader.ts'
import { independent } from '../../src/rollouts/independent.ts'
import { iterationMetrics } from '../../src/train/metrics.ts'
import type { Problem } from '../../src/types.ts'
import { problems, spied, tokenizer, toyNeeds, toyPolicy, toySampler } from '../toy.ts'

const [problem] = problems as [Problem]
const options = resolve(guide, { groupSize: '6' })
const right = '\\boxed{0}'

/** How likely the right answer is after a prompt. */
async function likely(policy: ReturnType<typeof toyPolicy>, prompt: string): Promise<number> {
  const ids = tokenizer.encode(prompt + right)
  const [scores] = await policy.score([ids])
  return Math.exp(scores!.logprobs.at(-1)!)
}

/** A policy of two arms: it hardly answers the question, and does with a hint, which looks like another question to it. */
async function twoArmed() {
  const policy = toyPolicy(3)
  const set = async (prompt: string, target: number): Promise<void> => {
    const ids = tokenizer.encode(prompt + right)
    for (let i = 0; i < 200; i++) {
      const away = (await likely(policy, prompt)) > target
      await policy.accumulate([{ ids, weights: Float32Array.of(away ? -1 : 1) }])
      await policy.step({ learningRate: 0.1 })
    }
  }
  await set('q0', 0.01)
  await set('q1', 0.9)
  const sampler = { ...toySampler(policy), maxTokens: 1 }
  const needs: Needs = {
    ...toyNeeds(policy),
    sampler,
    sample: n => independent(sampler, n),
    render: question => (question.includes('good') ? 'q1' : question),
  }
  return { policy, needs }
}

describe('hints', () => {
  test('are asked for where no rollout is right, and their tokens are learned after the question alone', async () => {
    const { policy, needs } = await twoArmed()
    const before = await likely(policy, 'q0')
    const method = guide.build(options, needs, once)
    const learner = { policy, reference: null, learningRate: 0.1 }
    const found = await iterate(method, [problem], learner, 4)
    const [{ rollouts }] = found.groups_P as [(typeof found.groups_P)[0]]
    expect(rollouts).toHaveLength(12)
    for (const [g, { origin, promptIds }] of rollouts.entries()) {
      expect(origin).toBe(g < 6 ? undefined : 'hint')
      expect(promptIds).toEqual(tokenizer.encode('q0'))
    }
    const solved = rollouts.find(({ text }) => text === right)!
    expect(solved.logprobs_T[0]).toBeGreaterThan(Math.log(0.5)) // with the hint
    expect(before).toBeLessThan(0.1)
    const metrics = await iterationMetrics(found, null, { giantStep: 32 }, boxedGrader())
    expect(metrics).toMatchObject({ 'rollouts/accuracy': 0, 'rollouts/hint_share': 0.5 })
  })

  test('make the policy better without them by the ratio; not where they stay in the prompt', async () => {
    const learned = async (change: (method: Method) => Method): Promise<[number, number]> => {
      const { policy, needs } = await twoArmed()
      const learns: Method['learns'] = ({ groups_P }) =>
        groups_P.map(({ rollouts }) => rollouts.flatMap((_, g) => (g < 6 ? [] : [g])))
      const method = { ...change(guide.build(options, needs, once)), learns } // from hinted ones alone
      const before = await likely(policy, 'q0')
      for (let i = 0; i < 30; i++)
        await iterate(method, [problem], { policy, reference: null, learningRate: 0.1 }, i)
      return [before, await likely(policy, 'q0')]
    }
    const [before, after] = await learned(method => method)
    expect(after).toBeGreaterThan(4 * before)
    const kept = await learned(method => ({
      ...method,
      rollouts: async (...args) =>
        (await method.rollouts(...args)).map(group => ({
          ...group,
          rollouts: group.rollouts.map(({ origin, ...one }) =>
            origin === undefined ? one : { ...one, promptIds: tokenizer.encode('q1') },
          ),
        })),
    }))
    expect(kept[1]).toBe(kept[0])
  })

  test('are the first steps of the worked solution in the question, by the template of the run', async () => {
    const asked: string[] = []
    const needs: Needs = {
      ...toyNeeds(toyPolicy(3)),
      grade: async groups => groups.map(({ rollouts }) => ({ outcome_G: rollouts.map(() => 0) })),
      render: question => {
        asked.push(question)
        return question
      },
    }
    const without: Problem = { ...problem, solution: null }
    const short: Problem = { ...problem, solution: [`good${right}`] }
    const unreadable: Problem = { ...problem, question: 'q0', solution: ['good', 'bad'] }
    const method = guide.build(options, needs, once)
    const groups = await method.rollouts([problem, without, short, unreadable], 1)
    expect(asked).toEqual(['q0\n\ngood', 'q0\n\ngood'])
    expect(groups.map(({ rollouts }) => rollouts.length)).toEqual([12, 6, 6, 12])
    const long: Problem = { ...problem, solution: ['good'.repeat(32), right] } // past maxPositions
    expect((await method.rollouts([long], 1))[0]!.rollouts).toHaveLength(6)
  })
})

test('where some rollout is right nobody asks for a hint, and all is as GRPO has it, to the last bit', async () => {
  const grade: Needs['grade'] = async groups =>
    groups.map(({ rollouts }) => ({ outcome_G: rollouts.map((_, g) => (g === 0 ? 1 : 0)) }))
  const trained = async (recipe: typeof guide, overrides: Readonly<Record<string, string>>) => {
    const policy = toyPolicy(3)
    const { engine, calls } = spied(policy)
    const method = recipe.build(
      resolve(recipe, { groupSize: '6', ...overrides }),
      { ...toyNeeds(engine), grade },
      once,
    )
    for (let i = 0; i < 5; i++)
      await iterate(method, problems, { policy: engine, reference: null, learningRate: 0.1 }, i)
    return {
      table: policy.table.values,
      asked: calls.filter(({ verb }) => verb === 'sample').length,
    }
  }
  const own = await trained(guide, {})
  expect(own.asked).toBe(5)
  expect(own).toEqual(await trained(grpo, { klCoef: '0' }))
})
