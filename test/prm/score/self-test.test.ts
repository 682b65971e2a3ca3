import { expect, test } from 'vitest'
import { random } from '../../../src/numbers/random.ts'
import { oracleScorer } from '../../../src/prm/score/oracle.ts'
import { pairOf, selfTest } from '../../../src/prm/score/self-test.ts'
import type { StepScorer, StepScores } from '../../../src/prm/score/step-scorer.ts'
import type { Solution } from '../../../src/prm/solution.ts'
import { takeProblems } from '../../../src/problems/splits.ts'
import { taskOf } from '../../../src/problems/tasks/index.ts'

const task = taskOf('nested-arithmetic')
const [problem] = takeProblems(task, 1, { split: 'test', seed: 1, difficulty: 1 })
const slip = task.wrongStep(problem!, problem!.solution!, 0, random(1))!
const pair = pairOf(problem!, [slip, ...problem!.solution!.slice(1)], 0)

/** A scorer of arithmetic by a rule, wrong in the way that is asked for. */
function scorer(
  score: (solution: Solution, index: number, call: number) => StepScores,
): StepScorer {
  let call = 0
  return {
    name: 'rule',
    range: [0, 1],
    threshold: 0.5,
    aggregation: 'min',
    score: async solutions => {
      call++
      return solutions.map((solution, i) => score(solution, i, call))
    },
    close: async () => {},
  }
}
const right = ({ steps }: Solution): number[] => steps.map(step => Number(!step.includes('15'))) // of the pair of arithmetic
const failed = async (one: StepScorer, of = undefined as typeof pair | undefined) =>
  (await selfTest(one, of)).filter(({ passed }) => !passed).map(({ check }) => check)

test('an oracle passes on its own task', async () => {
  expect(await selfTest(oracleScorer(task), pair)).toMatchObject([
    { check: 'answers', passed: true },
    { check: 'repeatable', passed: true, detail: 'scores differ by 0.0 at most' },
    { check: 'order-free', passed: true },
    { check: 'tells-apart', passed: true },
  ])
})

test('a rule of arithmetic passes on the pair of arithmetic', async () => {
  expect(await failed(scorer(right))).toEqual([])
})

test('a scorer that calls everything right does not tell apart', async () => {
  expect(await failed(scorer(({ steps }) => steps.map(() => 1)))).toEqual(['tells-apart'])
})

test('a scorer that depends on its place in the batch, or on when it is asked, is found out', async () => {
  const byPlace = scorer((one, i) => right(one).map(x => 0.9 * x + 0.01 * i))
  expect(await failed(byPlace)).toEqual(['order-free'])
  const byTime = scorer((one, _, call) => right(one).map(x => 0.9 * x + 0.01 * (call % 2)))
  expect(await failed(byTime)).toEqual(['repeatable'])
  const silent = scorer((one, _, call) => right(one).map(x => (call === 2 ? null : x)))
  expect(await failed(silent)).toEqual(['repeatable'])
})

test('scores that are missing, too few or out of range are told at once', async () => {
  expect(await failed(scorer(({ steps }) => steps.map(() => null)))).toContain('answers')
  const short = await selfTest(scorer(({ steps }) => steps.slice(1).map(() => 1)))
  expect(short).toMatchObject([
    {
      check: 'answers',
      passed: false,
      detail: 'rule: 2 scores for the 3 steps of solution self-test, right',
    },
  ])
  expect(await failed(scorer(({ steps }) => steps.map(() => 2)))).toEqual(['answers'])
})
