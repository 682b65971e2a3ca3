import { afterEach, expect, test } from 'vitest'
import { below, random } from '../../src/numbers/random.ts'
import { type Ask, chatClient } from '../../src/rewards/remote/chat.ts'
import { readReached, subgoals } from '../../src/rewards/subgoals.ts'
import type { Rollout } from '../../src/types.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'
import { type ChatServer, chatServer, type Reply } from '../rewards/remote/chat-server.ts'

let server: ChatServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

const walk = (...places: string[]): Rollout => {
  const rollout = exampleRollout(places.map(() => 1))
  return { ...rollout, steps: rollout.steps.map((step, s) => ({ ...step, text: places[s]! })) }
}

/** Knows of a grid with a key and a door: the first step that takes one, and the first that opens the other with it. */
function rule(content: string): Reply {
  if (content.includes('Which subgoals')) return '1. take the key\n2. open the door\n'
  const steps = [...content.matchAll(/<step \d+>\n(.*)\n/g)].map(([, text]) => text)
  const key = steps.indexOf('key')
  const door = key < 0 ? -1 : steps.indexOf('door', key)
  return `the first: ${key + 1}, so \\boxed{${key + 1}, ${door + 1}}`
}

async function asking(reply: (content: string, call: number) => Reply) {
  server = await chatServer(({ body, call }) => reply(body.messages.at(-1)!.content, call))
  const client = chatClient({ url: server.url, model: 'm', retries: 0 })
  const ask: Ask = async (...asked) => (await client.ask(...asked)).value
  return { ask, client, asked: server.asked }
}
const options = { most: 5, seed: 1 }

test('a subgoal is paid once, where it is achieved, however often somebody comes back', async () => {
  const { ask, asked } = await asking(rule)
  const group = exampleGroup(
    walk('key', 'key', 'door', 'key', 'door'),
    walk('door', 'key', 'wall'),
    walk('wall'),
  )
  const [found] = await subgoals(ask, options)([group])
  expect(found!.steps_G_S).toEqual([f32(1, 0, 1, 0, 0), f32(0, 1, 0), f32(0)])
  expect(asked.map(({ body }) => body.seed)).toEqual([1, 1, 1, 1]) // named once
})

test('farming is worth nothing: of any walk the sum is how many subgoals were achieved', async () => {
  const { ask } = await asking(rule)
  const draw = random(99)
  const walks = Array.from({ length: 30 }, () =>
    walk(
      ...Array.from(
        { length: 1 + below(draw, 10) },
        () => ['key', 'door', 'wall'][below(draw, 3)]!,
      ),
    ),
  )
  const [found] = await subgoals(ask, options)([exampleGroup(...walks)])
  for (const [g, { steps }] of walks.entries()) {
    const texts = steps.map(({ text }) => text)
    const key = texts.indexOf('key')
    const achieved = Number(key >= 0) + Number(key >= 0 && texts.indexOf('door', key) > 0)
    expect(found!.steps_G_S[g]!.reduce((a, b) => a + b, 0)).toBe(achieved)
  }
})

test('subgoals of the problem are taken as they stand', async () => {
  const { ask, asked } = await asking(() => '\\boxed{2}')
  const group = exampleGroup(walk('a', 'b'))
  const meta = { subgoals: ['reach b'] }
  const [found] = await subgoals(ask, options)([{ ...group, problem: { ...group.problem, meta } }])
  expect(found!.steps_G_S).toEqual([f32(0, 1)])
  expect(asked).toHaveLength(1)
  expect(asked[0]!.body.messages.at(-1)!.content).toContain('1. reach b')
})

test.each<[string, (content: string) => Reply, number, number]>([
  ['no names', () => ' \n', 1, 1],
  ['a server that fails', () => ({ status: 500 }), 1, 1],
  ['steps that are not there', c => (c.includes('Which') ? 'a' : '\\boxed{3}'), 2, 3],
  ['another number of subgoals', c => (c.includes('Which') ? 'a' : '\\boxed{1, 1}'), 2, 3],
])(
  '%s: nothing is known, it is counted, and nothing is made up',
  async (_, reply, missing, calls) => {
    const { ask, client, asked } = await asking(reply)
    const [found] = await subgoals(ask, options)([exampleGroup(walk('a', 'b'), walk('c'))])
    expect(found!.steps_G_S).toEqual([null, null])
    expect(Object.values(client.spent().missing).reduce((a, b) => a + b)).toBe(missing)
    expect(asked).toHaveLength(calls)
  },
)

test('what is said of steps is read, or is nothing', () => {
  expect(readReached('so \\boxed{2, 0,1}', 3, 2)).toEqual([1, null, 0])
  for (const bad of [
    '2, 0, 1',
    '\\boxed{}',
    '\\boxed{-1,0,0}',
    '\\boxed{1.5,0,0}',
    '\\boxed{a,0,0}',
  ])
    expect(readReached(bad, 3, 2)).toBeNull()
})
