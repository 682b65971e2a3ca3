import { expect, test } from 'vitest'
import type { LabelledSolution } from '../../../src/prm/solution.ts'
import { pairsOf, responsesOf } from '../../../src/prm/train/responses.ts'
import { toyPolicy } from '../../toy.ts'
import { labelled, view } from './views.ts'

function response(prompt: string, steps: readonly string[], answerRight: boolean | null) {
  const solution = labelled(
    steps,
    steps.map(() => null),
    { answerRight, id: `${prompt} ${steps}` },
  )
  return { ...solution, problem: { ...solution.problem, prompt } } satisfies LabelledSolution
}

test('responses with an outcome, and what the reference says of their tokens', async () => {
  const reference = toyPolicy(3)
  const solutions = [
    response('q0', ['good', 'bad'], true),
    response('q0q1', ['bad'], false),
    response('q0', ['good'], null),
  ]
  const { examples, leftOut } = await responsesOf(solutions, view, reference)
  expect(examples.map(({ ids, from, outcome }) => ({ ids: [...ids], from, outcome }))).toEqual([
    { ids: [5, 3, 2, 4, 1], from: 1, outcome: 1 },
    { ids: [5, 6, 4, 1], from: 2, outcome: 0 },
  ])
  const scores = await reference.score(examples.map(({ ids }) => ids))
  expect(examples[0]!.reference_T).toEqual(scores[0]!.logprobs)
  expect(examples[1]!.reference_T).toEqual(scores[1]!.logprobs.slice(1))
  expect(leftOut).toEqual([
    {
      count: 1,
      first: 'solution q0 good: nobody knows whether its answer is right (answerRight)',
    },
  ])
})

test('pairs of a problem: every response that has a counterpart', async () => {
  const solutions = [
    response('q0', ['good'], true),
    response('q1', ['good'], true),
    response('q0', ['bad'], false),
    response('q0', ['bad', 'bad'], false),
    response('q1', ['goodgood'], true),
    response('q2', ['bad'], false),
  ]
  const { examples, leftOut } = pairsOf(await responsesOf(solutions, view, toyPolicy()))
  const spelled = examples.map(pair => pair.map(({ ids, outcome }) => [...ids.slice(1), outcome]))
  expect(spelled).toEqual([
    [
      [3, 1, 1],
      [4, 1, 0],
    ],
    [
      [3, 1, 1],
      [4, 2, 4, 1, 0],
    ],
  ])
  expect(leftOut).toEqual([
    { count: 3, first: 'no response to the same problem came out otherwise' },
  ])
})
