// Recipes whose reward comes of code that is run: self-challenging, reward-agent, flow-reasoner, and p-grpo where programs are.

import { describe, expect, test } from 'vitest'
import { gatedQuality } from '../../src/credit/gated-quality.ts'
import { weightedParts } from '../../src/credit/weighted-parts.ts'
import { checks } from '../../src/environments/checks.ts'
import { mended } from '../../src/environments/mended.ts'
import { program } from '../../src/environments/program.ts'
import { iterate } from '../../src/iterate.ts'
import { random } from '../../src/numbers/random.ts'
import { once, resolve } from '../../src/recipe.ts'
import selfChallenging from '../../src/recipes/self-challenging.ts'
import { facts } from '../../src/rewards/facts.ts'
import type { Ask } from '../../src/rewards/remote/chat.ts'
import { stepMean } from '../../src/rewards/step-mean.ts'
import type { Environment } from '../../src/rollouts/environment.ts'
import type { Json } from '../../src/types.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'
import { problems, toyNeeds, toyPolicy } from '../toy.ts'

const signal = new AbortController().signal

async function partsOf(environment: Environment, meta: Record<string, Json>, text: string) {
  const problem = { id: 'p', prompt: '?', answer: null, solution: null, meta }
  const talk = await environment.open(problem, 1, signal)
  await talk.reply(text, signal)
  return (await talk.score!(signal)).parts!
}

/** What a rule of parts gives rollouts with these. */
function rewards(
  rule: ReturnType<typeof weightedParts>,
  ...parts: Record<string, number | null>[]
) {
  const names = Object.keys(parts[0]!)
  const parts_G = Object.fromEntries(names.map(name => [name, parts.map(one => one[name]!)]))
  const outcome_G = parts.map(({ outcome = null }) => outcome)
  const group = exampleGroup(...parts.map(() => [2]))
  return rule(group, { outcome_G, parts_G }).map(r_T => (r_T === null ? null : r_T[1]!))
}

describe('a sum of parts', () => {
  test('is their weighted sum, and not known where one is not (arXiv:2502.19328, eq. 2)', () => {
    const rule = weightedParts({ quality: 1, held: 2 })
    expect(rewards(rule, { quality: 0.5, held: 0.25 }, { quality: null, held: 1 })).toEqual([
      1,
      null,
    ])
    expect(rewards(weightedParts({ held: 1 }, { outcome: 3 }), { held: 0.5, outcome: 1 })).toEqual([
      3.5,
    ])
    expect(
      rewards(weightedParts({ held: 1 }, { outcome: 3 }), { held: 0.5, outcome: null }),
    ).toEqual([null])
  })

  test('without constraints the judge alone ranks: a constant moves nothing', async () => {
    const { held } = await partsOf(checks, { checks: [] }, 'anything')
    expect(held).toBe(0.5)
    const rule = weightedParts({ quality: 1, held: 1 })
    const draw = random(3)
    for (let round = 0; round < 50; round++) {
      const qualities = [draw(), draw(), draw()]
      const found = rewards(rule, ...qualities.map(quality => ({ quality, held: held! })))
      for (const [g, reward] of found.entries()) expect(reward).toBeCloseTo(qualities[g]! + 0.5, 6)
    }
  })

  test('"at most 20 words" ranks an answer that keeps to it above one that does not', async () => {
    const meta = { checks: ['answer.split(/\\s+/).length <= 20'] }
    const [short, long] = [
      await partsOf(checks, meta, 'a b c'),
      await partsOf(checks, meta, 'a '.repeat(30)),
    ]
    const rule = weightedParts({ quality: 1, held: 1 })
    const [kept, broken] = rewards(
      rule,
      { quality: 0.4, held: short.held! },
      { quality: 0.9, held: long.held! },
    )
    expect(kept).toBeGreaterThan(broken!)
  })

  test('a judge of steps as one number from 0 to 1', async () => {
    const scorer = stepMean(async () => [{ steps_G_S: [f32(1, -1, 0.5), null, f32()] }])
    const [found] = await scorer([exampleGroup([1, 1, 1], [1], [])])
    expect(found!.parts_G.quality).toEqual([expect.closeTo(7 / 12, 6), null, null])
  })
})

describe('facts (arXiv:2502.19328, section 3.2)', () => {
  const said = (text: string) => ({ ...exampleRollout([1]), text })
  const group = exampleGroup(said('Paris'), said('Lyon'), said('Paris'))
  const asked: string[] = []
  const marking: Ask = async (messages, read) => {
    const text = messages.at(-1)!.content
    asked.push(text)
    if (!text.includes('<known>')) return read('The capital is Paris.')
    return read(text.includes('<answer>\nParis') ? '\\boxed{10}' : '\\boxed{1}')
  }

  test('different answers are shown once, then each is marked by what is known', async () => {
    const [found] = await facts(marking, 1)([group])
    expect(found!.parts_G.factual).toEqual([1, 0, 1])
    expect(asked).toHaveLength(3)
    expect(asked[1]).toContain('<known>\nThe capital is Paris.\n</known>')
  })

  test('nothing is known of what nobody says, nor of answers that are all one', async () => {
    const silent: Ask = async () => null
    expect((await facts(silent, 1)([group]))[0]!.parts_G.factual).toEqual([null, null, null])
    const same = exampleGroup(said('a'), said('a'))
    expect((await facts(marking, 1)([same]))[0]!.parts_G.factual).toEqual([null, null])
  })
})

describe('programs (arXiv:2504.15257)', () => {
  const rule = weightedParts({ passed: 1, statements: -0.02 }, { outcome: 1 })
  const tests = [1, 2, 3].map(x => ({ call: `f(${x})`, value: 2 * x }))
  const rewardOf = async (code: string) => {
    const parts = await partsOf(program, { tests }, `<answer>${code}</answer>`)
    return rewards(rule, { ...parts, outcome: Number(parts.passed === 1) })[0]!
  }

  test('the more tests pass the better, and of two that pass the shorter wins', async () => {
    const short = await rewardOf('const f = x => 2 * x')
    const long = await rewardOf('const twice = x => x + x\nlet g = twice\nconst f = g')
    const some = await rewardOf('const f = x => x === 3 ? 0 : 2 * x')
    const none = await rewardOf('const f = x => 0')
    expect([short, long, some, none]).toEqual([...[short, long, some, none]].sort((a, b) => b - a))
    expect(new Set([short, long, some, none]).size).toBe(4)
    expect(short).toBeCloseTo(2 - 0.02, 6)
  })
})

describe('programs that are mended (arXiv:2504.15257, section 3.2)', () => {
  const tests = [1, 2].map(x => ({ call: `f(${x})`, value: 2 * x }))
  const problem = { id: 'p', prompt: '?', answer: null, solution: null, meta: { tests } }
  const half = '<answer>const f = x => 2</answer>'
  const talked = async (...texts: string[]) => {
    const talk = await mended.open(problem, 1, signal)
    const replies = []
    for (const text of texts) replies.push(await talk.reply(text, signal))
    return { replies, ...(await talk.score!(signal)) }
  }

  test('it is told how many tests pass until all do; the last one is judged', async () => {
    const { replies, outcome, parts } = await talked(half, '<answer>const f = x => 2 * x</answer>')
    expect(replies).toEqual(['\n\n1/2\n\n', null])
    expect([outcome, parts!.passed, parts!.mended]).toEqual([1, 1, 1])
  })

  test('three times at most, and not where there is no program', async () => {
    const { replies, outcome, parts } = await talked(half, '<answer>(</answer>', half, half)
    expect(replies).toEqual(['\n\n1/2\n\n', '\n\n0/2\n\n', '\n\n1/2\n\n', null])
    expect([outcome, parts!.passed, parts!.mended]).toEqual([0, 0.5, 3])
    expect((await talked('no tags')).replies).toEqual([null])
    const broken = { ...problem, meta: {} }
    await expect(async () => mended.open(broken, 1, signal)).rejects.toThrow(
      'problem p: meta.tests',
    )
  })
})

test('p-grpo: answer tags are a form, as a box is', () => {
  const said = (text: string) => ({ ...exampleRollout([1]), text })
  const group = exampleGroup(said('<answer>f</answer>'), said('f'))
  const rewards = { outcome_G: [1, 1], steps_G_S: [f32(0), f32(0)] }
  expect(gatedQuality()(group, rewards)).toEqual([f32(2.5), f32(1.5)])
})

test('self-challenging imitates what passes, and ignores the rest (arXiv:2506.01716, section 3.3)', async () => {
  const policy = toyPolicy(3)
  const method = selfChallenging.build(resolve(selfChallenging), toyNeeds(policy), once)
  const learner = { policy, reference: null, learningRate: 0.05 }
  const { credited, rewards_P } = await iterate(method, problems, learner, 1)
  let passed = 0
  for (const [p, advantages_G_T] of credited.advantages_P_G_T.entries())
    for (const [g, advantages_T] of advantages_G_T.entries()) {
      const outcome = rewards_P[p]!.outcome_G[g]!
      passed += outcome
      expect([...advantages_T]).toEqual(Array(advantages_T.length).fill(outcome))
    }
  expect(passed).toBeGreaterThan(0)
})
