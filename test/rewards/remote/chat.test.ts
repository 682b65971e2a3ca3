import { afterEach, describe, expect, test } from 'vitest'
import { ConfigError, VerifierError } from '../../../src/errors.ts'
import { type ChatEndpoint, chatClient } from '../../../src/rewards/remote/chat.ts'
import { type ChatServer, chatServer, type Reply } from './chat-server.ts'

const servers: ChatServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function serve(...replies: readonly Reply[]): Promise<ChatServer> {
  const server = await chatServer(({ call }) => replies[Math.min(call, replies.length - 1)]!)
  servers.push(server)
  return server
}

const hello = [{ role: 'user', content: 'hello' }] as const
const number = (text: string): number | null => (/^\d+$/.test(text) ? Number(text) : null)

function client({ url }: ChatServer, more: Partial<ChatEndpoint> = {}) {
  return chatClient({ url, model: 'm', backoffMs: 1, timeoutMs: 60_000, retries: 2, ...more })
}

describe('what is asked', () => {
  test('is a model, its messages and what is set, with the key as a bearer token', async () => {
    const server = await serve('7')
    const asking = client(server, { apiKey: 'k', temperature: 0.5, maxTokens: 9 })
    expect(await asking.ask(hello, number, { seed: 3 })).toEqual({ value: 7, missing: null })
    expect(server.asked[0]).toMatchObject({
      path: '/v1/chat/completions',
      headers: { authorization: 'Bearer k' },
      body: { model: 'm', messages: hello, temperature: 0.5, max_tokens: 9, seed: 3 },
    })
    expect(asking.spent()).toEqual({
      requests: 1,
      retries: 0,
      promptTokens: 7,
      completionTokens: 3,
      missing: {},
    })
  })

  test('leaves to the server what is not set, and takes an address with the whole path', async () => {
    const server = await serve('7')
    await client(server, { url: `${server.url}/chat/completions/` } as never).ask(hello, number)
    expect(server.asked[0]!.path).toBe('/v1/chat/completions')
    expect(Object.keys(server.asked[0]!.body)).toEqual(['model', 'messages'])
    expect(server.asked[0]!.headers.authorization).toBeUndefined()
  })

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', { prompt_tokens: '3', completion_tokens: null }],
    ['one of two', { total_tokens: 5 }],
    ['less than nothing', { prompt_tokens: -1e308, completion_tokens: 1e308 }],
    ['a list', []],
  ])(
    'is answered where the server counts its tokens by %s, which counts for none',
    async (_, usage) => {
      const raw = JSON.stringify({ choices: [{ message: { content: '7' } }], usage })
      const asking = client(await serve({ raw }, { raw }))
      for (let i = 0; i < 2; i++)
        expect(await asking.ask(hello, number)).toEqual({ value: 7, missing: null })
      expect(asking.spent()).toMatchObject({ requests: 2, promptTokens: 0, completionTokens: 0 })
    },
  )

  test('is no more at once than allowed', async () => {
    const server = await serve({ after: 20, text: '1' })
    const asking = client(server, { concurrency: 3 })
    await Promise.all(Array.from({ length: 10 }, () => asking.ask(hello, number)))
    expect(server.asked.length).toBe(10)
    expect(server.mostAtOnce()).toBe(3)
  })
})

describe('an endpoint that fails for now is asked again', () => {
  const patience = 1500 // milliseconds
  test.each<[string, Reply]>([
    ['an error of the server', { status: 500 }],
    ['too many requests', { status: 429, headers: { 'retry-after': '0' } }],
    ['no JSON', { raw: '<html>busy</html>' }],
    ['another JSON', { raw: '{"choices": []}' }],
    ['an answer without text', { raw: '{"choices": [{"message": {"content": null}}]}' }],
    ['an answer that is garbage', 'seven, I think'],
    ['a connection that closes', 'close'],
    ['a connection that hangs', 'hang'],
    ['a connection that hangs in the middle of an answer', 'hang in the middle'],
    ['a slow answer', { after: 10 * patience, text: '7' }],
  ])('%s', async (_, failure) => {
    const server = await serve('1', failure, '7')
    const waits = typeof failure === 'string' || 'after' in failure
    const asking = client(server, waits ? { timeoutMs: patience } : {})
    expect((await asking.ask(hello, number)).value).toBe(1)
    expect(await asking.ask(hello, number)).toEqual({ value: 7, missing: null })
    expect(asking.spent()).toMatchObject({ requests: 3, retries: 1, missing: {} })
  })

  test('and after every attempt the answer is missing, with the reason', async () => {
    const asking = client(await serve('1', 'no idea', { status: 503 }))
    await asking.ask(hello, number)
    expect(await asking.ask(hello, number)).toEqual({ value: null, missing: 'status 503' })
    expect(asking.spent()).toMatchObject({
      requests: 4,
      retries: 2,
      missing: { 'status 503': 1 },
    })
  })

  test('waits as long as the server asks, within reason', async () => {
    const server = await serve({ status: 429, headers: { 'retry-after': '0.2' } }, '7')
    const start = performance.now()
    await client(server).ask(hello, number)
    expect(performance.now() - start).toBeGreaterThan(190)
  })
})

describe('an endpoint that will go on failing is not asked again', () => {
  test.each([401, 403, 404, 405])('status %i ends all of it', async status => {
    const asking = client(await serve({ status }), { apiKey: 'secret' })
    const asked = asking.ask(hello, number)
    await expect(asked).rejects.toThrow(VerifierError)
    await expect(asked).rejects.toThrow(`${status}: {"error": "no"}; check the address`)
    await expect(asked).rejects.not.toThrow('secret')
    expect(asking.spent().requests).toBe(1)
  })

  test.each([400, 413, 422])('status %i is of this question alone', async status => {
    const asking = client(await serve({ status }, '7'))
    expect(await asking.ask(hello, number)).toEqual({ value: null, missing: `status ${status}` })
    expect((await asking.ask(hello, number)).value).toBe(7)
  })

  test('nor one that was never there', async () => {
    const server = await serve('1')
    await server.close()
    await expect(client(server).ask(hello, number)).rejects.toThrow('cannot be reached')
  })

  test('nor one whose address is none', () => {
    expect(() => chatClient({ url: 'localhost', model: 'm' })).toThrow(ConfigError)
    expect(() => chatClient({ url: 'file:///etc', model: 'm' })).toThrow('is no address')
  })
})

test('an answer without end is cut, and garbage', async () => {
  const asking = client(await serve({ raw: ' '.repeat(5 * 2 ** 20) }, '7'))
  expect((await asking.ask(hello, number)).value).toBe(7)
})

test('stops when it is told to, also while it waits', async () => {
  const stop = new AbortController()
  const hanging = client(await serve('hang')).ask(hello, number, { signal: stop.signal })
  const waiting = client(await serve({ status: 500 }), { backoffMs: 10_000 }).ask(hello, number, {
    signal: stop.signal,
  })
  setTimeout(() => stop.abort(), 50)
  await expect(hanging).rejects.toThrow(/abort/i)
  await expect(waiting).rejects.toThrow(/abort/i)
})

describe('what is not told, and not taken for an answer', () => {
  test('a redirect, which would turn the question into another request', async () => {
    for (const status of [301, 302, 307, 308]) {
      const server = await serve(
        { status, headers: { location: 'http://elsewhere/v1?sig=k1' } },
        '7',
      )
      const asking = client(server, { apiKey: 'k1' })
      await expect(asking.ask(hello, number)).rejects.toThrow('elsewhere, at http://elsewhere/v1')
      await expect(asking.ask(hello, number)).resolves.toMatchObject({ value: 7 })
    }
  })

  test('a key that the server echoes', async () => {
    const server = await serve({ status: 401, echo: true })
    const asked = client(server, { apiKey: 'very-secret' }).ask(hello, number)
    await expect(asked).rejects.toThrow(/401: .*Bearer \*\*\*/)
    await expect(asked).rejects.not.toThrow('very-secret')
  })

  test('a key that no header can carry is refused before anything is sent', async () => {
    const server = await serve('7')
    for (const apiKey of ['clé', 'a b', 'a\n', ''])
      expect(() => client(server, { apiKey })).toThrow('a character that no request can carry')
    expect(server.asked).toHaveLength(0)
  })

  test('a password in the address, which goes with the request', async () => {
    process.env.MINFORM_TEST_PASSWORD = 'pw'
    const server = await serve('7')
    const url = server.url.replace('http://', 'http://me:$' + '{MINFORM_TEST_PASSWORD}@')
    expect(() => client(server, { url })).toThrow('holds a user or a password') // the user stands there in clear
    const both = url.replace('me:', '$' + '{MINFORM_TEST_PASSWORD}:')
    expect(await client(server, { url: both }).ask(hello, number)).toMatchObject({ value: 7 })
    const { authorization } = server.asked[0]!.headers
    expect(authorization).toBe(`Basic ${Buffer.from('pw:pw').toString('base64')}`)
  })
})
