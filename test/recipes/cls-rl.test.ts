import { expect, test } from 'vitest'
import { classes, classReward } from '../../src/rewards/classes.ts'
import { exampleGroup, exampleRollout } from '../example-groups.ts'

const tagged = '<think>x</think><answer>Cat</answer>'

test('thought in its form, and its answer (arXiv:2503.16188, section 3)', () => {
  expect(classReward(tagged, 'cat', 'thinking')).toBe(2)
  expect(classReward('cat', 'cat', 'thinking')).toBe(1)
  expect(classReward(tagged, 'dog', 'thinking')).toBe(1)
  expect(classReward(`Well. ${tagged}`, 'cat', 'thinking')).toBe(1)
})

test('the answer alone leaves no room for thought', () => {
  expect(classReward('cat', 'cat', 'answer-alone')).toBe(1)
  expect(classReward(' Cat\n', 'cat', 'answer-alone')).toBe(1)
  for (const text of [tagged, 'a cat', 'dog', ''])
    expect(classReward(text, 'cat', 'answer-alone')).toBe(0)
})

test('a box is an answer, too: behind some words, or alone', () => {
  expect(classReward('It purrs. \\boxed{cat}', 'cat', 'thinking')).toBe(2)
  expect(classReward('\\boxed{cat}', 'cat', 'thinking')).toBe(1)
  expect(classReward('\\boxed{cat} it is', 'cat', 'thinking')).toBe(1)
  expect(classReward('\\boxed{cat}', 'cat', 'answer-alone')).toBe(1)
  expect(classReward('\\boxed{4/2}', '2', 'answer-alone', 1)).toBe(1) // its grader knows it is right
  expect(classReward('So \\boxed{2}', '2', 'answer-alone', 1)).toBe(0)
})

test('what is not known stays so, and what is no number', async () => {
  const rollout = { ...exampleRollout([1]), text: 'so \\boxed{42}' }
  const grade = async () => [{ outcome_G: [1, null, Number.NaN] }]
  const [found] = await classes(grade, 'thinking')([exampleGroup(rollout, rollout, rollout)])
  expect(found!.parts_G.class).toEqual([2, null, Number.NaN])
})
