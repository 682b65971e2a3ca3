import { afterEach, expect, test } from 'vitest'
import { ConfigError, VerifierError } from '../../src/errors.ts'
import pureVr from '../../src/recipes/pure-vr.ts'
import { chatClient } from '../../src/rewards/remote/chat.ts'
import { openChat, recorded, requireChat, tryChat } from '../../src/train/chat.ts'
import { policyChat } from '../../src/train/policy-chat.ts'
import { type ChatServer, chatServer, type Reply } from '../rewards/remote/chat-server.ts'
import { spied, toyPolicy, toySampler } from '../toy.ts'

const servers: ChatServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function serve(...replies: readonly Reply[]): Promise<ChatServer> {
  const server = await chatServer(({ call }) => replies[Math.min(call, replies.length - 1)]!)
  servers.push(server)
  return server
}

const say = (content: string) => [{ role: 'user', content }] as const
const number = (text: string): number | null => (/^\d+$/.test(text) ? Number(text) : null)

test('what a server never answers is null and counted, and the log holds the first of what was asked', async () => {
  const { url } = await serve('7', 'nothing', { status: 500 }, 'close', { raw: '<html>' }, '8')
  const logged: unknown[] = []
  const client = chatClient({ url, model: 'm', backoffMs: 1, retries: 1, concurrency: 1 })
  const chat = recorded(client, (_, __, fields) => logged.push(fields))
  const found: (number | null)[] = []
  for (const question of ['a', 'b', 'c', 'd'.repeat(3000)])
    found.push(await chat.ask(say(question), number))
  expect(found).toEqual([7, null, null, 8])
  expect(chat.take()).toEqual({ asked: 4, missing: { 'status 500': 1, 'not an answer': 1 } })
  expect(logged).toEqual([
    { asked: say('a'), text: '7', missing: null },
    { asked: say('b'), text: 'nothing', missing: 'status 500' },
  ])
  expect(chat.take()).toEqual({ asked: 0, missing: {} })
  await chat.ask(say('d'.repeat(3000)), number)
  expect(logged[2]).toEqual({ asked: say(`${'d'.repeat(2000)}...`), text: '8', missing: null })
})

test('an endpoint is tried before a run, and one that cannot answer is told', async () => {
  const spec = { kind: 'server', model: 'm', retries: 0 } as const
  const good = await serve('')
  await tryChat({ ...spec, url: good.url })
  expect(good.asked.length).toBe(1)
  await tryChat({ kind: 'policy' })
  await tryChat(null)
  for (const reply of [
    { status: 401 },
    { status: 503 },
    'hang',
    'hang in the middle',
    'close',
  ] as const) {
    const { url } = await serve(reply)
    await expect(tryChat({ ...spec, url, timeoutMs: 300 })).rejects.toThrow(VerifierError)
  }
  await expect(tryChat({ ...spec, url: good.url, apiKeyEnv: 'NO_SUCH_KEY' })).rejects.toThrow(
    '--chat-key-env NO_SUCH_KEY: there is no such environment variable',
  )
})

test('a recipe that asks is refused where nobody answers, with those that ask nobody', () => {
  const asking = { ...pureVr, name: 'asking', needs: ['chat'] } as const
  expect(() => requireChat({ recipe: asking, chat: null })).toThrow(ConfigError)
  expect(() => requireChat({ recipe: asking, chat: null })).toThrow(
    /^asking asks a chat model: .*--chat policy.*: .*pure-vr/,
  )
  requireChat({ recipe: asking, chat: { kind: 'policy' } })
  requireChat({ recipe: pureVr, chat: null })
})

test('the policy answers as it samples: the same again, and what is asked at once side by side', async () => {
  const { engine, calls } = spied(toyPolicy(3))
  const sampler = toySampler(engine)
  const asked = { template: null, seed: 1, retries: 3 }
  const [a, b] = ['q0', 'q1']
  const client = policyChat(sampler, asked)
  const both = () =>
    Promise.all([a, b].map(text => client.ask(say(text), said => (said === '' ? null : said))))
  const first = await both()
  expect(first.every(({ value }) => typeof value === 'string')).toBe(true)
  expect(calls.filter(({ verb }) => verb === 'sample').length).toBeLessThan(4)
  expect(await both()).toEqual(first)
  const other = await policyChat(sampler, { ...asked, seed: 2 }).ask(say(a), text => text)
  expect(other.value).not.toBe(first[0]!.value)
  const never = await client.ask(say(a), () => null)
  expect(never).toEqual({ value: null, missing: 'garbage' })
  expect(await client.ask(say(a.repeat(40)), text => text)).toEqual({
    value: null,
    missing: 'too long',
  })
})

test('no chat model is opened where none is named', async () => {
  const sampler = toySampler(toyPolicy())
  expect(await openChat(null, { folder: '', sampler, seed: 1 }, () => {})).toBeNull()
})
