import { expect, test } from 'vitest'
import { sum } from '../../src/credit/sum.ts'
import { below, random } from '../../src/numbers/random.ts'
import { answerChance, answerForms } from '../../src/rewards/answer-chance.ts'
import { progress } from '../../src/rewards/progress.ts'
import { independent } from '../../src/rollouts/independent.ts'
import type { Group } from '../../src/types.ts'
import { exampleGroup, f32 } from '../example-groups.ts'
import { problems, tokenizer, toyPolicy, toySampler } from '../toy.ts'

const gained = async (values_S: readonly number[]) => {
  const potentials_G_S = [f32(...values_S)]
  const [found] = await progress(async () => [{ outcome_G: [1], potentials_G_S }])([
    exampleGroup([1]),
  ])
  return found!.steps_G_S[0]!
}

test('progress of three episodes (arXiv:2503.07572, definition 4.1)', async () => {
  const steps = await gained([0.2, 0.5, 0.5, 0.8])
  for (const [s, x] of [0.3, 0, 0.3].entries()) expect(steps[s]).toBeCloseTo(x, 6)
})

test('the progress to come of any rollout is at most 1, whatever its length', async () => {
  const draw = random(11)
  for (let round = 0; round < 50; round++) {
    const steps_S = await gained(Array.from({ length: 2 + below(draw, 30) }, draw))
    const lengths = Array.from(steps_S, () => 1)
    const [returns_T] = sum()(exampleGroup(lengths), { steps_G_S: [steps_S] })
    for (const x of returns_T!) expect(Math.abs(x)).toBeLessThanOrEqual(1 + 1e-5)
  }
})

test('an answer of three tokens: its probability, their mean, the log of that', () => {
  const logprobs = f32(Math.log(0.5), Math.log(0.25), Math.log(0.5))
  expect(answerForms.probability(logprobs)).toBeCloseTo(0.0625, 6)
  expect(answerForms.geometric(logprobs)).toBeCloseTo(0.0625 ** (1 / 3), 6)
  expect(answerForms.log(logprobs)).toBeCloseTo(Math.log(0.0625) / 3, 6)
})

const judge = (outcome: number | null) => async (groups: readonly Group[]) =>
  groups.map(({ rollouts }) => ({ outcome_G: rollouts.map(() => outcome) }))

test('the chance of the known answer is read before each step, and is the outcome in the end', async () => {
  const policy = toyPolicy(2)
  const sampler = toySampler(policy)
  const groups = await independent(sampler, 4)(problems.slice(0, 2), 3)
  const [found] = await answerChance(judge(1), sampler, 'probability')(groups)
  for (const [g, { promptIds, steps, ids }] of groups[0]!.rollouts.entries()) {
    const values_S = found!.potentials_G_S[g]!
    expect(values_S.length).toBe(steps.length + 1)
    expect(values_S.at(-1)).toBe(1)
    const at = steps.at(-1)!.start
    const sequence = [...promptIds, ...ids.subarray(0, at), ...tokenizer.encode('\\boxed{0}')]
    const [scores] = await policy.score([Int32Array.from(sequence)])
    expect(values_S.at(-2)).toBeCloseTo(Math.exp(scores!.logprobs.at(-1)!), 6)
  }
})

test('no answer, no outcome, or no room for it: nothing is known', async () => {
  const sampler = toySampler(toyPolicy(2))
  const [group] = await independent(sampler, 2)(problems.slice(0, 1), 3)
  const unknown = { ...group!, problem: { ...group!.problem, answer: null } }
  const read = async (group: Group, outcome: number | null, engine = sampler.engine) =>
    (await answerChance(judge(outcome), { ...sampler, engine }, 'geometric')([group]))[0]!
  expect((await read(unknown, 1)).potentials_G_S).toEqual([null, null])
  expect((await read(group!, null)).potentials_G_S).toEqual([null, null])
  const small = { score: sampler.engine.score.bind(sampler.engine), info: { maxPositions: 1 } }
  expect((await read(group!, 1, small as never)).potentials_G_S).toEqual([null, null])
})
