// What a run makes of an environment: every recipe learns what the policy wrote and nothing else, and what failed counts for
// nothing.

import { describe, expect, test } from 'vitest'
import type { WeightedSequence } from '../../src/engine/engine.ts'
import { ConfigError, VerifierError } from '../../src/errors.ts'
import { written } from '../../src/groups/written.ts'
import { type Iteration, iterate } from '../../src/iterate.ts'
import { once, resolve } from '../../src/recipe.ts'
import { recipes } from '../../src/recipes/index.ts'
import { boxedGrader } from '../../src/rewards/grader.ts'
import { outcome } from '../../src/rewards/outcome.ts'
import { talkedGrader } from '../../src/rewards/talked.ts'
import type { Environment } from '../../src/rollouts/environment.ts'
import { independent } from '../../src/rollouts/independent.ts'
import {
  decodeRollouts,
  encodeRollouts,
  groupsOf,
  rolloutRows,
} from '../../src/runs/rollout-table.ts'
import {
  environmentSetting,
  openEnvironment,
  requireWholeTalks,
  talkedMethod,
} from '../../src/train/environment.ts'
import { computedGroups } from '../../src/train/iteration.ts'
import { iterationMetrics } from '../../src/train/metrics.ts'
import { problems, spied, toyNeeds, toyPolicy, toySampler } from '../toy.ts'

const echo: Environment = {
  name: 'echo',
  stops: ['good'],
  open: (_, seed) => ({
    reply: text => (text.endsWith('good') ? 'bad' : null),
    score: () => ({ parts: { luck: (seed % 5) / 4 } }),
  }),
}
/** Dies in a third of the rollouts. */
const frail: Environment = {
  ...echo,
  open: (problem, seed, signal) => {
    if (seed % 3 === 0) throw new Error('out of memory')
    return echo.open(problem, seed, signal)
  },
}

async function ran(name: string, environment: Environment) {
  const recipe = recipes.find(one => one.name === name)!
  const policy = toyPolicy(3)
  const { engine, calls } = spied(policy)
  const sampler = { ...toySampler(engine), environment }
  const grader = talkedGrader(environment, boxedGrader())
  const needs = toyNeeds(engine, undefined, { sampler, grader })
  const options = resolve(recipe, 'groupSize' in recipe.options ? { groupSize: '8' } : {})
  const method = talkedMethod(recipe.build(options, needs, once))
  const reference = method.loss.needsReference ? toyPolicy(1) : null
  const found = await iterate(
    method,
    problems,
    { policy: engine, reference, learningRate: 0.05 },
    1,
  )
  const learned = calls
    .filter(({ verb }) => verb === 'accumulate')
    .flatMap(({ args }) => args[0] as readonly WeightedSequence[])
  return { found, learned, policy, grader }
}

/** The rollout of each sequence that was learned, by its tokens. */
function rolloutsBy({ groups_P }: Iteration) {
  const all = groups_P.flatMap(({ rollouts }) => rollouts)
  return new Map(all.map(one => [[...one.promptIds, ...one.ids].join(), one]))
}

/** The recipes that can be talked with; others are refused by name. */
const whole = recipes.filter(recipe => {
  try {
    requireWholeTalks({ recipe, environment: 'echo', ahead: 0, model: 'm' }, resolve(recipe))
    return true
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return false
  }
})

describe.each(whole.map(({ name }) => name))('%s', name => {
  test('learns what the policy wrote, and nothing that was said to it or went wrong', async () => {
    const { found, learned, policy } = await ran(name, frail)
    expect(found.dropped).toBeNull()
    expect(policy.version).toBeGreaterThan(0)
    expect(policy.table.values.every(Number.isFinite)).toBe(true)
    expect(learned.length).toBeGreaterThan(0)
    const by = rolloutsBy(found)
    let answered = 0
    for (const { ids, weights, entropyWeights } of learned) {
      const rollout = by.get([...ids].join())!
      const written_T = written(rollout)
      answered += rollout.talk!.replies
      written_T.forEach((own, t) => {
        if (own === 1) return
        const at = rollout.promptIds.length - 1 + t
        expect(Math.abs(weights[at]!) + Math.abs(entropyWeights?.[at] ?? 0)).toBe(0)
      })
      expect(weights.every(Number.isFinite)).toBe(true)
    }
    expect(answered).toBeGreaterThan(0)
    const { credited } = found
    const failed = credited.groups_P.flatMap(({ rollouts }) =>
      rollouts.flatMap(one => one.talk!.failed ?? []),
    )
    expect(failed).toEqual([])
  })
})

test('what failed is marked, counted, and left out of what is learned and told', async () => {
  const { found, grader } = await ran('pure-vr', frail)
  const all = found.groups_P.flatMap(({ rollouts }) => rollouts)
  const failed = all.filter(({ talk }) => talk!.failed !== null)
  expect(failed.length).toBeGreaterThan(3)
  for (const [p, { rollouts }] of found.groups_P.entries())
    rollouts.forEach(({ talk }, g) => {
      const { outcome_G, parts_G } = found.rewards_P[p]!
      expect(outcome_G[g] === null).toBe(talk!.failed !== null)
      expect(parts_G!.luck![g] === null).toBe(talk!.failed !== null)
    })
  const metrics = await iterationMetrics(found, null, { giantStep: 32 }, grader)
  expect(metrics).toMatchObject({
    'rollouts/environment_failed': failed.length,
    'rollouts/graded': all.length - failed.length,
  })
  expect(metrics['rollouts/replied']).toBeGreaterThan(0.3)
  expect(metrics['rollouts/tool_tokens_mean']).toBeCloseTo(metrics['rollouts/replies_mean']!, 1)
  expect(metrics['rewards/luck_mean']).toBeGreaterThan(0)
  const { count, messages } = grader.takeFailures()!
  expect(count).toBeGreaterThanOrEqual(failed.length)
  expect(messages).toEqual(['echo: open: out of memory'])
})

test('an outcome of the environment stands before the grader’s', async () => {
  const judging: Environment = {
    ...echo,
    judges: true,
    open: (_, seed) => ({
      reply: () => null,
      score: () => (seed % 2 === 0 ? { outcome: 0.75 } : seed % 5 === 0 ? { outcome: null } : {}),
    }),
  }
  const grader = talkedGrader(judging, boxedGrader())
  expect(grader.gradable({ ...problems[0]!, answer: null })).toBe(true)
  expect(talkedGrader(echo, boxedGrader()).gradable({ ...problems[0]!, answer: null })).toBe(false)
  const [group] = await independent({ ...toySampler(toyPolicy(3)), environment: judging }, 30)(
    problems.slice(0, 1),
    1,
  )
  const [{ outcome_G }] = (await outcome(undefined, grader)([group!])) as [
    { outcome_G: (number | null)[] },
  ]
  const plain = await boxedGrader().grade(
    group!.rollouts.map(rollout => ({ problem: problems[0]!, rollout })),
  )
  const own = group!.rollouts.map(({ talk }, g) =>
    talk!.outcome === undefined ? plain[g] : talk!.outcome,
  )
  expect(outcome_G).toEqual(own)
  expect(new Set(outcome_G)).toEqual(new Set([0.75, null, 0, 1]))
})

test('a box that the environment wrote is no answer of the policy', async () => {
  const kind: Environment = {
    ...echo,
    open: () => ({ reply: text => (text.endsWith('good') ? '\\boxed{0}' : null) }),
  }
  const [group] = await independent({ ...toySampler(toyPolicy(3)), environment: kind }, 30)(
    problems.slice(0, 1),
    1,
  )
  const given = group!.rollouts.filter(
    ({ text, talk }) => text.includes('{0}') && !talk!.said.includes('boxed'),
  )
  expect(given.length).toBeGreaterThan(3)
  const grades = await boxedGrader().grade(
    given.map(rollout => ({ problem: problems[0]!, rollout })),
  )
  expect(grades).toEqual(given.map(() => 0))
})

test('where every environment fails there is nothing to learn from', async () => {
  const dead: Environment = { ...echo, open: () => Promise.reject(new Error('gone')) }
  await expect(ran('pure-vr', dead)).rejects.toThrow(VerifierError)
  await expect(ran('pure-vr', dead)).rejects.toThrow(
    'the environment failed in all of 32 rollouts: echo: open: gone',
  )
})

test('the rollout table keeps what was said', async () => {
  const { found } = await ran('pure-vr', frail)
  const rows = await decodeRollouts(encodeRollouts(1, rolloutRows(computedGroups(found))))
  expect(groupsOf(rows, problems)).toEqual(found.groups_P)
})

test('an environment is found by its name, or refused', async () => {
  expect(environmentSetting('calculator')).toBe('calculator')
  expect(() => environmentSetting('calculater')).toThrow(
    "no environment 'calculater'; did you mean 'calculator'?",
  )
  expect(() => environmentSetting('./none.ts')).toThrow('./none.ts: there is no such file')
  const none = { environment: null, environmentStop: null, environmentTimeout: null }
  expect(await openEnvironment(none)).toEqual({ environment: null, code: {} })
  const { environment } = await openEnvironment({
    ...none,
    environment: 'calculator',
    environmentTimeout: 2,
  })
  expect(environment).toMatchObject({ name: 'calculator', timeoutMs: 2000 })
})

test('what an environment cannot talk in is refused before anything is opened', () => {
  const check = (
    name: string,
    ahead: number,
    environment: string | null = 'calculator',
    model: string | null = 'base',
  ) => {
    const recipe = recipes.find(one => one.name === name)!
    requireWholeTalks({ recipe, ahead, environment, model }, resolve(recipe))
  }
  check('pure-vr', 0)
  check('pure-vr', 1, null)
  check('tree-rpo', 0, null)
  expect(() => check('pure-vr', 0, 'calculator', null)).toThrow(/--from-scratch .* give --model/)
  expect(() => check('pure-vr', 1)).toThrow(/--ahead 1 does not go with --environment/)
  expect(() => check('tree-rpo', 0)).toThrow(
    /a tree of rollouts goes on from the middle .* environment calculator .* leave --environment out/,
  )
  check('reasoning-sql', 0, 'sql')
  check('pure-vr', 0, 'sql', null) // it says nothing
  expect(() => check('reasoning-sql', 0, null)).toThrow(
    'reasoning-sql learns from what an environment finds of a rollout: name one by --environment; there are calculator, checks',
  )
})
