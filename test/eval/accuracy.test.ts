import { expect, test } from 'vitest'
import { accuracy, evaluate } from '../../src/eval/accuracy.ts'
import { boxedGrader, type Grader } from '../../src/rewards/grader.ts'
import type { Problem } from '../../src/types.ts'
import { problems, tokenizer, toyPolicy, toySampler } from '../toy.ts'

/** A policy that answers some questions right for certain, and boxes 3 for the others. */
function answering(...right: readonly number[]) {
  const policy = toyPolicy()
  const { values } = policy.table
  const sure = (from: string, to: number): void => {
    values[tokenizer.encode(from)[0]! * tokenizer.vocabSize + to] = 50
  }
  for (const i of [0, 1, 2, 3]) {
    sure(`q${i}`, tokenizer.encode(`\\boxed{${right.includes(i) ? i : 3}}`)[0]!)
    sure(`\\boxed{${i}}`, tokenizer.eosId)
  }
  return toySampler(policy)
}

test('the share of right answers', async () => {
  const found = await accuracy(answering(0, 2), problems)
  expect(found).toMatchObject({ accuracy: 3 / 4, graded: 4 }) // 3 is right by luck
  expect(found.groups.map(({ problem }) => problem)).toEqual(problems)
  expect(found.groups[1]!.rollouts[0]!.text).toBe('\\boxed{3}')
})

test('every sample counts', async () => {
  expect(await accuracy(answering(0), problems, { n: 5 })).toMatchObject({
    accuracy: 0.5,
    graded: 20,
  })
})

test('a problem that cannot be graded is in no share', async () => {
  const [first, second, third] = problems as [Problem, Problem, Problem]
  const some = [first, { ...second, answer: null }, { ...third, answer: '' }]
  expect(await accuracy(answering(0), some)).toMatchObject({ accuracy: 1, graded: 1 })
  const none = await accuracy(answering(0), [{ ...first, answer: null }])
  expect(none).toMatchObject({ accuracy: Number.NaN, graded: 0 })
})

test('the seed decides samples; a greedy sampler needs none', async () => {
  const sampler = toySampler(toyPolicy(3))
  const texts = async (seed: number, greedy: boolean): Promise<string[]> =>
    (await accuracy({ ...sampler, greedy }, problems, { seed })).groups.map(
      ({ rollouts }) => rollouts[0]!.text,
    )
  expect(await texts(1, false)).toEqual(await texts(1, false))
  expect(await texts(1, false)).not.toEqual(await texts(2, false))
  expect(await texts(1, true)).toEqual(await texts(2, true))
})

test('stops when it is told to', async () => {
  const controller = new AbortController()
  controller.abort()
  const { signal } = controller
  await expect(accuracy(answering(0), problems, { signal })).rejects.toThrow(/abort/i)
})

test('an evaluation: samples, the likeliest answers, and what one of the samples solves', async () => {
  const sure = await evaluate(answering(0, 2), problems)
  const shares = { sampled: 0.75, greedy: 0.75, passAtN: 0.75, reward: 0.75 }
  expect(sure).toEqual({ ...shares, samples: 4, graded: 4 })
  const found = await evaluate(toySampler(toyPolicy(3)), problems, { n: 8, seed: 1 })
  const { tally_P } = await accuracy(toySampler(toyPolicy(3)), problems, { n: 8, seed: 1 })
  const solved = tally_P.filter(({ right }) => right > 0).length
  expect(found.passAtN).toBeCloseTo(solved / 4, 12)
  expect(found.sampled).toBeLessThan(found.passAtN)
})

test('another grader decides what is right, and what it is worth', async () => {
  const half: Grader = {
    ...boxedGrader(),
    grade: async answers =>
      answers.map(({ problem, rollout }) =>
        problem.id === 'q3' ? null : rollout.text.includes('3') ? 0.5 : 2,
      ),
  }
  const found = await evaluate(answering(0, 2), problems, { grader: half })
  const three = problems.filter(({ id }) => id !== 'q3').length
  expect(found).toMatchObject({ sampled: 2 / three, reward: 4.5 / three, graded: three })
})
