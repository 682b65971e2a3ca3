import { expect, test } from 'vitest'
import { type Answer, askedOnce, boxedGrader, isRight } from '../../src/rewards/grader.ts'
import { exampleGroup, exampleRollout } from '../example-groups.ts'

function answer(gold: string | null, text: string): Answer {
  const { problem } = exampleGroup()
  return { problem: { ...problem, answer: gold }, rollout: { ...exampleRollout([2]), text } }
}

test('boxed answers: 1 right, 0 wrong, null where the problem has no answer', async () => {
  const answers = [answer('4', '\\boxed{4}'), answer('4', '4'), answer(null, '\\boxed{4}')]
  const grader = boxedGrader()
  expect(await grader.grade(answers)).toEqual([1, 0, null])
  expect(answers.map(({ problem }) => grader.gradable(problem))).toEqual([true, true, false])
  expect(grader.takeFailures()).toBe(null)
})

test('a rollout is asked about once, another one of the same text again', async () => {
  const asked: string[][] = []
  const grader = askedOnce({
    ...boxedGrader(),
    grade: async answers => {
      asked.push(answers.map(({ rollout }) => rollout.text))
      return answers.map((_, i) => (i === 0 ? null : i / 4))
    },
  })
  const [a, b, c] = [answer('1', 'a'), answer('1', 'b'), answer('1', 'a')]
  expect(await grader.grade([a, b])).toEqual([null, 0.25])
  expect(await grader.grade([b, c, a])).toEqual([0.25, null, null])
  expect(await grader.grade([c, b])).toEqual([null, 0.25])
  expect(asked).toEqual([['a', 'b'], ['a']])
})

test('what counts as right is worth more than a half', () => {
  expect([-1, 0, 0.5, 0.51, 1, 7].map(isRight)).toEqual([false, false, false, true, true, true])
})
