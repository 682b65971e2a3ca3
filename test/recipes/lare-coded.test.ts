import { afterEach, expect, test } from 'vitest'
import { iterate } from '../../src/iterate.ts'
import { once, resolve } from '../../src/recipe.ts'
import lareCoded from '../../src/recipes/lare-coded.ts'
import { codedFactors, type LareMemory, type RunCode } from '../../src/rewards/coded-factors.ts'
import { type Ask, chatClient } from '../../src/rewards/remote/chat.ts'
import { exampleGroup } from '../example-groups.ts'
import { type ChatServer, chatServer, type Reply } from '../rewards/remote/chat-server.ts'
import { problems, toyNeeds, toyPolicy } from '../toy.ts'

const { run } = toyNeeds(toyPolicy()) // in the real sandbox
let server: ChatServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

/** A chat model behind HTTP that answers with these, one after another, and then as the last. */
async function coder(...replies: readonly Reply[]) {
  server = await chatServer(({ call }) => replies[Math.min(call, replies.length - 1)]!)
  const client = chatClient({ url: server.url, model: 'coder', retries: 0 })
  const ask: Ask = async (messages, read, asked) => (await client.ask(messages, read, asked)).value
  return { ask, client, asked: server.asked }
}
const code = (body: string): string =>
  `<code>function factors(step, before, question) { ${body} }</code>`
const right = code('return [step.length, before.length, question.length]')
const options = { code: null, drafts: 2, tries: 3, seed: 1 }
const group = exampleGroup([1, 1], [2])

test('of two drafts one is made, its error is told, and what runs has factors of every step', async () => {
  const { ask, asked } = await coder(right, right, code('return [none]'), code('return "x"'), right)
  const { factors, next } = codedFactors(ask, run, options)
  const question = (group.problem.question ?? group.problem.prompt).trim().length
  expect(await factors([group])).toEqual([
    [
      [
        [6, 0, question],
        [6, 1, question],
      ],
      [[6, 0, question]],
    ],
  ])
  expect(next()).toContain('before.length')
  expect(asked).toHaveLength(5)
  expect(asked[2]!.body.messages[0]!.content.match(/<code>\nfunction/g)).toHaveLength(2) // the drafts
  expect(asked[3]!.body.messages.at(-1)!.content).toContain('none')
  expect(asked[4]!.body.messages.at(-1)!.content).toContain('gave no list')
  await factors([group])
  expect(asked).toHaveLength(5) // it is written once
})

test.each<[string, Reply[], number]>([
  ['answers without code', ['I would rather not.'], 2],
  ['a server that fails', [{ status: 500 }], 2],
  ['code that never runs', [code('return 1 / 0')], 0],
  ['code without end', [code('for (;;);')], 0],
  [
    'code that gives another number each time',
    [code('return Array(1 + before.length).fill(1)')],
    0,
  ],
])(
  '%s: no factors are known, none are made up, and it is asked again',
  async (_, replies, missing) => {
    const { ask, client, asked } = await coder(...replies)
    const { factors, next } = codedFactors(ask, run, { ...options, tries: 2 })
    expect(await factors([group])).toEqual([[null, null]])
    expect(next()).toBeNull()
    const first = asked.length
    await factors([group])
    expect(asked.length).toBeGreaterThan(first)
    const told = Object.values(client.spent().missing).reduce((a, b) => a + b, 0)
    expect(told).toBe(2 * missing)
  },
)

test('code that fails later, on one rollout, leaves that one unknown', async () => {
  const fails: RunCode = async () => [[[1], [2]], { ended: 'error', message: 'x' }]
  const never: Ask = () => Promise.reject(new Error('asked'))
  const { factors } = codedFactors(never, fails, { ...options, code: 'kept' })
  expect(await factors([group])).toEqual([[[[1], [2]], null]])
})

test('a rollout without factors is not credited; code and worth go on as they are stored', async () => {
  const { ask } = await coder(right)
  const needs = { ...toyNeeds(toyPolicy()), ask }
  const policy = toyPolicy()
  const learner = { policy, reference: null, learningRate: 0.05 }
  const of = (memory: LareMemory | null, given = needs) =>
    iterate(lareCoded.build(resolve(lareCoded), given, { ...once, memory }), problems, learner, 1)
  const first = await of(null)
  const stored = JSON.parse(JSON.stringify(first.memory)) as LareMemory
  expect(stored.code).toContain('factors')
  expect(first.dropped).toBeNull()
  const silent = { ...needs, ask: async () => null }
  expect((await of(null, silent)).memory).toEqual({ code: null, worth: null })
  const again = await of(stored, silent)
  expect((again.memory as LareMemory).code).toBe(stored.code)
  expect(again.dropped).toBeNull()
})
