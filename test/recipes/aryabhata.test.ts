import { expect, test } from 'vitest'
import type { Method, Outcome, Scorer } from '../../src/method.ts'
import { lastJudge } from '../../src/rewards/last-judge.ts'
import { type Ask, chatClient } from '../../src/rewards/remote/chat.ts'
import { ladder, rampedTemperature } from '../../src/rollouts/ladder.ts'
import { exampleGroup, exampleRollout } from '../example-groups.ts'
import { chatServer } from '../rewards/remote/chat-server.ts'

const problems = [0, 1, 2, 3].map(p => ({ ...exampleGroup().problem, id: `p${p}` }))
/** The n-th rollout of a problem in a call has n tokens and one. */
function sampling() {
  const calls: { n: number; ids: string[]; seed: number }[] = []
  const sample =
    (n: number): Method['rollouts'] =>
    async (asked, seed) => {
      calls.push({ n, ids: asked.map(({ id }) => id), seed })
      return asked.map(problem => ({
        ...exampleGroup(...Array.from({ length: n }, () => exampleRollout([1]))),
        problem,
      }))
    }
  return { sample, calls }
}
/** Of each problem so many of eight are right; null: nobody knows. */
const graded =
  (right: readonly (number | null)[]): Scorer<Outcome> =>
  async groups =>
    groups.map(({ problem, rollouts }) => {
      const share = right[Number(problem.id.slice(1))]!
      return { outcome_G: rollouts.map((_, g) => (share === null ? null : Number(g % 8 < share))) }
    })

test('a group doubles from 8 to 64 while its mean is below the threshold (arXiv:2508.08665)', async () => {
  const { sample, calls } = sampling()
  const options = { groupSize: 8, doublings: 3, below: 0.25 }
  const groups = await ladder(sample, graded([1, 2, 8, null]), options)(problems, 5)
  expect(groups.map(({ rollouts }) => rollouts.length)).toEqual([64, 8, 8, 8])
  expect(groups.map(({ problem }) => problem.id)).toEqual(['p0', 'p1', 'p2', 'p3'])
  expect(calls.map(({ n, ids }) => [n, ids.length])).toEqual([
    [8, 4],
    [8, 1],
    [16, 1],
    [32, 1],
  ])
  expect(new Set(calls.map(({ seed }) => seed)).size).toBe(4) // never the same rollouts again
})

test('one that gets better on the way stops there; without a rung nobody is asked', async () => {
  const { sample } = sampling()
  const better: Scorer<Outcome> = async groups =>
    groups.map(({ rollouts }) => ({
      outcome_G: rollouts.map(() => Number(rollouts.length > 8) as 0 | 1),
    }))
  const options = { groupSize: 8, doublings: 3, below: 0.25 }
  const groups = await ladder(sample, better, options)(problems, 5)
  expect(groups.map(({ rollouts }) => rollouts.length)).toEqual([16, 16, 16, 16])
  const refuse: Scorer<Outcome> = () => {
    throw new Error('asked')
  }
  const plain = ladder(sample, refuse, { ...options, doublings: 0 })
  expect((await plain(problems, 5))[0]!.rollouts).toHaveLength(8)
})

test('a chat model has the last word on boxed answers that the grader refuses, and is asked once of each', async () => {
  const server = await chatServer(({ body }) => {
    const { content } = body.messages.at(-1)!
    return content.includes('half') ? 'Yes.' : content.includes('riddle') ? 'Hm.' : 'No.'
  })
  const client = chatClient({ url: server.url, model: 'm', retries: 0 })
  const ask: Ask = async (...all) => (await client.ask(...all)).value
  try {
    const texts = [
      '\\boxed{1/2}',
      '\\boxed{half}',
      '\\boxed{3}',
      '\\boxed{riddle}',
      'half',
      '\\boxed{half}',
    ]
    const group = {
      problem: { ...exampleGroup().problem, answer: '0.5' },
      rollouts: texts.map(text => ({ ...exampleRollout([1]), text })),
    }
    const grade: Scorer<Outcome> = async () => [{ outcome_G: [1, 0, 0, 0, 0, null] }]
    const judge = lastJudge(grade, ask, 1)
    for (const _ of [1, 2])
      expect(await judge([group])).toEqual([{ outcome_G: [1, 1, 0, null, 0, null] }])
    expect(server.asked).toHaveLength(3)
    expect(server.asked[0]!.body.messages[1]!.content).toContain('<known-answer>\n0.5\n')
    expect(client.spent().missing).toEqual({ garbage: 1 })
    const [unknown] = await lastJudge(
      async () => [{ outcome_G: [0] }],
      ask,
      1,
    )([{ problem: { ...group.problem, answer: null }, rollouts: [group.rollouts[1]!] }])
    expect(unknown).toEqual({ outcome_G: [0] }) // nothing to hold it against
    expect(lastJudge(grade, null, 1)).toBe(grade)
  } finally {
    await server.close()
  }
})

test('the temperature goes from 0.6 in the first to 1 in the last iteration', () => {
  const at = (iteration: number, iterations: number) =>
    rampedTemperature([0.6, 1], { iteration, iterations })
  expect([at(1, 5), at(3, 5), at(5, 5), at(1, 1)]).toEqual([0.6, 0.8, 1, 1])
})
