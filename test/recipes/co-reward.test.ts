import { expect, test } from 'vitest'
import { random } from '../../src/numbers/random.ts'
import { resolve } from '../../src/recipe.ts'
import coReward from '../../src/recipes/co-reward.ts'
import { mostFrequent, peerVote, slowTeacher, teacherKeeps } from '../../src/rewards/peer-vote.ts'
import type { Problem } from '../../src/types.ts'
import { exampleGroup, exampleRollout } from '../example-groups.ts'
import { problems, spied, toyNeeds, toyPolicy } from '../toy.ts'

const answers = (problem: Partial<Problem>, ...of: (string | null)[]) => {
  const rollouts = of.map(answer => ({
    ...exampleRollout([1]),
    text: answer === null ? 'none' : `\\boxed{${answer}}`,
  }))
  const group = exampleGroup(...rollouts)
  return { ...group, problem: { ...group.problem, ...problem } }
}

const now = { seed: 1, iteration: 1 }

/** What a group earns where the other view answers so. */
async function agreement(
  group: ReturnType<typeof answers>,
  other: (string | null)[],
  render: ((question: string) => string) | null = null,
) {
  const asked: string[] = []
  const peers = async (asks: readonly Problem[]) =>
    asks.map(problem => {
      asked.push(problem.prompt)
      return answers(problem, ...other)
    })
  const [found] = await peerVote({ peers, now, render })([group])
  return { agrees: found!.parts_G.agrees, asked }
}

test('A, A, B here and A, C, C there: nobody agrees here, one does there (arXiv:2508.00410, eq. 4 and 5)', async () => {
  const [here, there] = [
    ['A', 'A', 'B'],
    ['A', 'C', 'C'],
  ]
  expect((await agreement(answers({}, ...here!), there!)).agrees).toEqual([0, 0, 0])
  expect((await agreement(answers({}, ...there!), here!)).agrees).toEqual([1, 0, 0])
})

test('the first of equally frequent answers; none where nobody answers', async () => {
  expect(mostFrequent([null, 'B', 'A', '', 'A', 'B'])).toBe('B')
  expect(mostFrequent([null, ''])).toBe(null)
  expect((await agreement(answers({}, 'A', null), [null, null])).agrees).toEqual([0, 0])
})

test("the other words are the rewrite of a problem's row; without one nothing is known", async () => {
  const render = (question: string) => `Q: ${question}`
  const told = answers({ meta: { rewrite: 'seven sixes?' } }, 'A', 'B')
  expect(await agreement(told, ['B', 'B', 'A'], render)).toEqual({
    agrees: [0, 1],
    asked: ['Q: seven sixes?'],
  })
  expect(await agreement(answers({}, 'A'), ['A'], render)).toEqual({ agrees: [null], asked: [] })
})

test('all earn 1 exactly where both views give one and the same answer', async () => {
  const draw = random(8)
  for (let round = 0; round < 50; round++) {
    const pick = () => (draw() < 0.7 ? 'A' : 'B')
    const [here, there] = [Array.from({ length: 3 }, pick), Array.from({ length: 3 }, pick)]
    const { agrees } = await agreement(answers({}, ...here), there)
    const label = there.filter(x => x === 'A').length > 1 ? 'A' : 'B'
    expect(agrees).toEqual(here.map(x => Number(x === label)))
  }
})

test('the teacher follows the policy, and less and less', async () => {
  const [teacher, policy] = [toyPolicy(1), toyPolicy(2)]
  const [before, of] = [await teacher.weights(), await policy.weights()]
  const others = async () => []
  await slowTeacher(
    others,
    { engine: teacher, policy, keeps: 0.9 },
    { iteration: 1, iterations: 9 },
  )([], 0)
  const after = await teacher.weights()
  for (const [i, w] of after.entries()) expect(w).toBeCloseTo(0.9 * before[i]! + 0.1 * of[i]!, 5)
  const keeps = [1, 51, 100].map(iteration => teacherKeeps(0.9, { iteration, iterations: 100 }))
  expect(keeps[0]).toBeCloseTo(0.9, 12)
  expect(keeps[1]).toBeCloseTo(0.95, 12)
  expect(keeps[2]).toBeCloseTo(1, 3)
})

test('with rewrites alone no teacher is asked', async () => {
  const policy = toyPolicy(3)
  const at = { iteration: 1, iterations: 2, seed: 1, memory: null }
  const teacher = spied(toyPolicy(1))
  const needs = { ...toyNeeds(policy), model: () => teacher.engine }
  const method = coReward.build(resolve(coReward, { view: 'rewrite', groupSize: '2' }), needs, at)
  const told = problems.map(problem => ({ ...problem, meta: { rewrite: problem.prompt } }))
  const rewards = await method.rewards(await method.rollouts(told, 1))
  for (const { parts_G } of rewards)
    for (const agrees of parts_G!.agrees!) expect([0, 1]).toContain(agrees)
  expect(teacher.calls).toEqual([])
})
