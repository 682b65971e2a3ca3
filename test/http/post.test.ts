import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { isPrivate } from '../../src/http/address.ts'
import { post, send, serverOf } from '../../src/http/post.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise(resolve => server.close(resolve))
})

interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Answers every request with what it was, as JSON, or with `reply`. */
async function serve(reply?: Buffer): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    asked.push({ method: request.method!, url: request.url!, headers: request.headers, body })
    response.end(reply ?? 'ok')
  })
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

test('a key goes in the header that its server reads', async () => {
  const { url, asked } = await serve()
  await post(serverOf(url, '/v1', 'secret'), '{}')
  await post(serverOf(url, '/v1', 'secret', 'x-api-key'), '{}')
  await post(serverOf(url, '/v1'), '{}')
  const shown = asked.map(({ headers }) => [headers.authorization, headers['x-api-key']])
  expect(shown).toEqual([
    ['Bearer secret', undefined],
    [undefined, 'secret'],
    [undefined, undefined],
  ])
})

test('bytes are sent and read as they are, and paths and queries are added', async () => {
  const bytes = Buffer.from([0, 255, 10, 128])
  const { url, asked } = await serve(bytes)
  const server = serverOf(`${url}/in/`, '/api')
  const got = await send(server, {
    path: 'x/y?n=1',
    body: Uint8Array.from(bytes),
    headers: { 'content-type': 'application/x-protobuf' },
    timeoutMs: 60_000,
  })
  expect(Buffer.from(got.bytes)).toEqual(bytes)
  expect(asked[0]).toMatchObject({ method: 'POST', url: '/in/api/x/y?n=1', body: bytes })
  expect(asked[0]!.headers['content-type']).toBe('application/x-protobuf')
  await send(server, { path: 'z', timeoutMs: 60_000 })
  expect(asked[1]).toMatchObject({ method: 'GET', url: '/in/api/z' })
})

test('an answer is cut soon after it is larger than it can be', async () => {
  const { url } = await serve(Buffer.alloc(3_000_000))
  const got = await send(serverOf(url, ''), { timeoutMs: 60_000, largest: 1000 })
  expect(got.bytes.length).toBeGreaterThan(1000)
  expect(got.bytes.length).toBeLessThan(3_000_000)
})

test.each([
  ['https://host/v1', true],
  ['http://127.0.0.1:8000', true],
  ['http://localhost:8000', true],
  ['http://[::1]:8000', true],
  ['http://host:8000', false],
  ['http://127.0.0.1.example.org', false],
  ['http://10.0.0.1', false],
])('%s keeps a key to itself: %s', (url, expected) => {
  expect(isPrivate(url)).toBe(expected)
})
