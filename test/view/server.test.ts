// The page's server: who is let in, and what it answers of a run.

import { mkdirSync, mkdtempSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findRecipe } from '../../src/cli/training/flags.ts'
import { runFolders } from '../../src/runs/folders.ts'
import { answers } from '../../src/view/answers.ts'
import type {
  AskAnswer,
  GroupAnswer,
  IterationAnswer,
  RunAnswer,
  RunsAnswer,
} from '../../src/view/api.ts'
import { asking } from '../../src/view/ask.ts'
import { Live } from '../../src/view/live.ts'
import { serveView, type ViewServer } from '../../src/view/server.ts'
import { recordedRun } from '../explain/recorded.ts'

const root = mkdtempSync(join(tmpdir(), 'minform-view-'))
let server: ViewServer
let token = ''

beforeAll(async () => {
  for (const name of ['a/run', 'b/run']) await recordedRun('pure-prm-vr', join(root, name))
  server = await served(root)
  token = new URL(server.address).searchParams.get('token')!
})
afterAll(() => server.close())

function served(folder: string, port = 0): Promise<ViewServer> {
  const folders = runFolders([folder])
  return serveView(
    { answer: answers(folders, findRecipe), live: new Live(folders), ask: asking(folders) },
    port,
  )
}

interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** A request as any program may send it, its Host of choice. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = server
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, got => {
      let text = ''
      got.setEncoding('utf8').on('data', more => {
        text += more
      })
      got.on('end', () => resolve({ status: got.statusCode!, text, headers: got.headers }))
    })
    sent.on('error', reject).end()
  })
}

const known = () => ({ cookie: `minform-${server.port}=${token}` })

async function load<T>(path: string): Promise<T> {
  const { status, text } = await ask(`/data/${path}.json`, known())
  expect(status, text).toBe(200)
  return JSON.parse(text) as T
}

test('without the token nothing is told', async () => {
  for (const path of ['/', '/data/runs.json', '/nothing', '/?token=', `/?token=${token}x`])
    expect((await ask(path)).status).toBe(401)
  const wrong = { cookie: `minform-${server.port}=${'x'.repeat(token.length)}` }
  expect((await ask('/data/runs.json', wrong)).status).toBe(401)
})

test('the address with its token leaves a cookie that scripts and other sites cannot use', async () => {
  const { status, headers } = await ask(`/?token=${token}`)
  expect([200, 503]).toContain(status)
  const [cookie] = headers['set-cookie'] as string[]
  expect(cookie).toMatch(/^minform-\d+=.*HttpOnly; SameSite=Strict$/)
  const used = { cookie: cookie!.split(';')[0]! }
  expect((await ask('/data/runs.json', used)).status).toBe(200)
})

test('only a loopback name and the own port are answered to', async () => {
  const own = `localhost:${server.port}`
  expect((await ask('/data/runs.json', { ...known(), host: own })).status).toBe(200)
  for (const host of ['evil.example', `evil.example:${server.port}`, 'localhost', '127.0.0.1:1'])
    expect((await ask('/data/runs.json', { ...known(), host })).status).toBe(403)
})

test('nothing can be sent, framed, sniffed or run from elsewhere', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
    expect((await ask('/data/runs.json', known(), method)).status).toBe(405)
  for (const headers of [known(), {}]) {
    const answer = await ask('/data/runs.json', headers)
    expect(answer.headers).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'none'; script-src 'self';"),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  }
})

test('runs of the same name have names of their own, and keep them', async () => {
  const ids = async () => (await load<RunsAnswer>('runs')).runs.map(({ id }) => id)
  const before = await ids()
  expect(before).toEqual(['run', 'b-run'])
  await recordedRun('grpo', join(root, 'aa', 'run'))
  expect(await ids()).toEqual(['run', 'aa-run', 'b-run'])
  const { runs, differs } = await load<RunsAnswer>('runs')
  expect(runs[0]).toMatchObject({
    ...{ wrong: null, recipe: 'pure-prm-vr', seed: 7, state: 'lost', iterations: 1, planned: 3 },
    ...{ before: null, after: null },
  })
  expect(differs).toContain('klCoef')
  expect(differs).not.toContain('maxTokens')
})

test('a run, an iteration, a group: down to the numbers of a token and what they are made of', async () => {
  const run = await load<RunAnswer>('run/run')
  expect(run.recorded).toEqual([1])
  expect(run.metrics).toEqual({
    iterations: [1],
    values: { 'rollouts/accuracy': [0.5], 'rollouts/graded': [8] },
  })
  expect(run.events).toMatchObject([{ level: 'warn', event: 'alarm', address: null }])
  const { groups } = await load<IterationAnswer>('run/run/1')
  expect(groups[1]!.rollouts[0]).toMatchObject({ rollout: 0, outcome: 1, learned: true })
  const group = await load<GroupAnswer>('run/run/1/1')
  expect(group.why).toBeNull()
  expect(group.replay!.distance).toBeLessThan(1e-6)
  expect(group.replay!.streams!.map(({ name }) => name)).toEqual(['process', 'outcome', 'kl'])
  for (const [g, { tokens, tokens_T }] of group.rollouts.entries()) {
    expect(tokens_T.logprobs).toHaveLength(tokens)
    const recorded = tokens_T.advantages!
    const again = group.replay!.advantages_G_T[g]!
    expect(again).toHaveLength(recorded.length)
    for (const [t, x] of recorded.entries()) expect(again[t]).toBeCloseTo(x!, 6)
  }
})

test('what there is not is said as JSON', async () => {
  const paths = ['run/other', 'run/run/9', 'run/run/1/99', 'run/run/1/1/1', 'run/run/01', 'else']
  const hostile = ['run/..%2F..%2Fetc%2Fpasswd', 'run/__proto__', 'run/run/1e3', 'run/%E0%A4%A']
  for (const path of [...paths, ...hostile]) {
    const { status, text } = await ask(`/data/${path}.json`, known())
    expect(status, path).toBe(404)
    expect(JSON.parse(text).error).toMatch(/no/)
  }
})

test('a folder that is not there is refused; one without runs shows none', async () => {
  expect(() => runFolders([join(root, 'nowhere')])).toThrow('nowhere is not there; expected')
  mkdirSync(join(root, 'empty'))
  expect(runFolders([join(root, 'empty')]).all()).toEqual([])
})

test('a port that is taken is a ConfigError', async () => {
  await expect(served(root, server.port)).rejects.toThrow(/^port \d+: .*EADDRINUSE/)
})

/** A question as the page sends it, or otherwise. */
async function question(
  body: unknown,
  {
    type = 'application/json',
    path = '/data/query',
    headers = known() as Record<string, string>,
  } = {},
): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const sent = { method: 'POST', body: text, headers: { ...headers, 'content-type': type } }
  const got = await fetch(`http://127.0.0.1:${server.port}${path}`, sent)
  return { status: got.status, text: await got.text(), headers: Object.fromEntries(got.headers) }
}

test('a question is answered with rows that lead to rollouts of the page', async () => {
  const sql = 'select address, tokens from rollouts order by address limit 2'
  const { status, text } = await question({ sql, run: 'b-run' })
  expect(status, text).toBe(200)
  const { columns, rows, more } = JSON.parse(text) as AskAnswer
  expect(columns).toEqual(['address', 'tokens'])
  expect(rows.map(([address]) => address)).toEqual(['b-run/1/0/0', 'b-run/1/0/1'])
  expect(more).toBe(false)
  const all = await question({ sql: 'select x from range(501) as t(x), runs', run: null })
  const found = JSON.parse(all.text) as AskAnswer
  expect([found.rows.length, found.more]).toEqual([500, true])
  const long = await question({ sql: "select repeat('x', 9000) from runs limit 1", run: null })
  expect((JSON.parse(long.text) as AskAnswer).rows[0]![0]).toHaveLength(4003)
})

test('what is no question, or of no run, or not from the page, is refused', async () => {
  const good = { sql: 'select 1', run: null }
  expect((await question(good, { headers: {} })).status).toBe(401)
  expect((await question(good, { type: 'text/plain' })).status).toBe(405) // as a form elsewhere may send it
  expect((await question(good, { path: '/data/runs.json' })).status).toBe(405)
  expect((await ask('/data/query', known())).status).toBe(404)
  for (const bad of ['no json', '[]', '{}', { sql: 1, run: null }, { sql: '', run: null }])
    expect((await question(bad)).status).toBe(400)
  expect((await question({ sql: 'x'.repeat(70_000), run: null })).status).toBe(413)
  const told = async (body: object) => (await question(body)).text
  expect(await told({ sql: 'select 1', run: '../..' })).toContain("there is no run '../..'")
  expect(await told({ sql: 'drop table log', run: null })).toContain('reads and nothing else')
  expect(await told({ sql: 'selekt', run: null })).toContain('syntax error')
})
