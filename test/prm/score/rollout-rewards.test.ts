import { expect, test } from 'vitest'
import { suffixMin } from '../../../src/credit/suffix-min.ts'
import { DataError } from '../../../src/errors.ts'
import { rolloutRewards } from '../../../src/prm/score/rollout-rewards.ts'
import type { StepScorer, StepScores } from '../../../src/prm/score/step-scorer.ts'
import type { Solution } from '../../../src/prm/solution.ts'
import { asRollout, textRollout } from '../../../src/rollouts/text-rollout.ts'
import type { Group } from '../../../src/types.ts'
import { problems, tokenizer } from '../../toy.ts'

function scorer(score: (solution: Solution) => StepScores, more = {}) {
  const seen: Solution[] = []
  const one: StepScorer = {
    name: 'rule',
    range: [0, 1],
    threshold: 0.5,
    aggregation: 'min',
    score: async solutions => {
      seen.push(...solutions)
      return solutions.map(score)
    },
    close: async () => {},
    ...more,
  }
  return { one, seen }
}

const group = (...rollouts: readonly (readonly string[])[]): Group => ({
  problem: problems[0]!,
  rollouts: rollouts.map(steps => asRollout(textRollout('q0', steps, true, tokenizer))),
})
const byWord = ({ steps }: Solution): StepScores =>
  steps.map(text => (text.includes('bad') ? 0.25 : 0.75))

test('steps are scored as texts, and their scores laid out on [-1, 1]', async () => {
  const { one, seen } = scorer(byWord)
  const groups = [group(['good', 'bad'], ['good']), group(['bad\\boxed{1}'])]
  expect(await rolloutRewards(one)(groups)).toEqual([
    { steps_G_S: [Float32Array.of(0.5, -0.5), Float32Array.of(0.5)] },
    { steps_G_S: [Float32Array.of(-0.5)] },
  ])
  expect(seen.map(({ steps }) => steps)).toEqual([['good', 'bad'], ['good'], ['bad\\boxed{1}']])
  expect(seen[0]).toMatchObject({ problem: problems[0], ended: true })
})

test('scores without an end to their range are rewards as they are', async () => {
  const { one } = scorer(() => [3, -7], { range: [-Infinity, Infinity], threshold: 0 })
  const [rewards] = await rolloutRewards(one)([group(['good', 'bad'])])
  expect(rewards!.steps_G_S).toEqual([Float32Array.of(3, -7)])
})

test('a rollout that was cut off is said to be', async () => {
  const { one, seen } = scorer(byWord)
  const rollout = asRollout(textRollout('q0', ['good', 'bad'], false, tokenizer))
  await rolloutRewards(one)([{ problem: problems[0]!, rollouts: [rollout] }])
  expect(seen[0]!.ended).toBe(false)
})

test('the problem may be shown in other words', async () => {
  const { one, seen } = scorer(byWord)
  const asked = (problem: (typeof problems)[number]) => ({ ...problem, prompt: 'in other words' })
  await rolloutRewards(one, { asked })([group(['good'])])
  expect(seen[0]!.problem.prompt).toBe('in other words')
})

test('a score that did not come is no reward, and no 0', async () => {
  const answers: StepScores[] = [
    [1, null, 1], // nobody knows the second step
    [null, null, null],
    [1, 0.25, null], // what follows the first wrong step is not judged
    [null, 0, null],
    [1, 1, 1],
  ]
  const { one } = scorer(() => answers.shift()!)
  const three = ['good', 'good', 'good']
  const groups = [group(three, three, three, three, three)]
  const [rewards] = await rolloutRewards(one)(groups)
  expect(rewards!.steps_G_S).toEqual([
    null,
    null,
    Float32Array.of(1, -0.5, -0.5),
    null,
    Float32Array.of(1, 1, 1),
  ])
  const returns_G = suffixMin()(groups[0]!, rewards!)
  expect(returns_G.map(returns => returns === null)).toEqual([true, true, false, true, false])
})

test('a text that the scorer cannot read has no reward; the others have theirs', async () => {
  const { one } = scorer(({ steps }) => {
    if (steps.includes('bad')) throw new DataError('cannot spell')
    return steps.map(() => 1)
  })
  const [rewards] = await rolloutRewards(one)([group(['good'], ['bad'], ['good'])])
  expect(rewards!.steps_G_S).toEqual([Float32Array.of(1), null, Float32Array.of(1)])
})
