// An environment over HTTP, against a real server that also misbehaves: it counts what the policy wrote, as an OpenEnv server
// would answer.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { servedEnvironment } from '../../src/environments/served.ts'
import { ConfigError } from '../../src/errors.ts'
import { boxedGrader } from '../../src/rewards/grader.ts'
import { outcome } from '../../src/rewards/outcome.ts'
import { talkedGrader } from '../../src/rewards/talked.ts'
import { independent } from '../../src/rollouts/independent.ts'
import { problems, toyPolicy, toySampler } from '../toy.ts'

interface Asked {
  readonly path: string
  readonly body: {
    episode_id: string
    seed?: number
    problem?: object
    action?: Record<string, string>
  }
}
type Answer = (response: ServerResponse, asked: Asked) => void

const json =
  (value: unknown, status = 200): Answer =>
  response => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }
const described = (action: object, observation: object) => ({
  action: { type: 'object', properties: action },
  observation: { type: 'object', properties: observation },
})
const text = { type: 'string' }
const schema = described(
  { move: text, metadata: { type: 'object' } },
  { words: text, mood: { enum: ['calm'] }, done: { type: 'boolean' }, reward: {} },
)

let server: Server
let address: string
let schemaAnswer: Answer
let stepAnswer: Answer
const asked: Asked[] = []
/** Words of each episode so far. */
const episodes = new Map<string, number>()

/** Says `bad` to each move but the third, which ends the episode; a move is worth a quarter. */
const usual: Answer = (response, { body }) => {
  const moves = (episodes.get(body.episode_id) ?? 0) + 1
  episodes.set(body.episode_id, moves)
  const observation = { words: 'bad', mood: 'calm', turn: moves }
  json({ observation, reward: 0.25, done: moves === 3 })(response, null as never)
}

async function answerTo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let whole = ''
  for await (const chunk of request) whole += chunk
  const path = request.url!
  if (path.endsWith('/schema')) return schemaAnswer(response, null as never)
  const one = { path, body: JSON.parse(whole) } as Asked
  asked.push(one)
  if (path.endsWith('/reset')) {
    episodes.delete(one.body.episode_id)
    return json({ observation: { words: 'go' }, reward: null, done: false })(response, one)
  }
  stepAnswer(response, one)
}

beforeAll(async () => {
  server = createServer((request, response) => void answerTo(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/environments/words`
})
beforeEach(() => {
  schemaAnswer = json(schema)
  stepAnswer = usual
  asked.length = 0
  episodes.clear()
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

async function rolloutsOf(timeoutMs = 30_000, n = 8) {
  const environment = await servedEnvironment(address, { stop: 'good', timeoutMs })
  const sampler = { ...toySampler(toyPolicy(3)), environment }
  const groups = await independent(sampler, n)(problems, 1)
  return { environment, groups, rollouts: groups.flatMap(({ rollouts }) => rollouts) }
}

test('an episode is reset, stepped through by its own name, and its rewards are the outcome', async () => {
  const { environment, groups, rollouts } = await rolloutsOf()
  expect(environment).toMatchObject({ name: address, stops: ['good'], judges: true })
  const resets = asked.filter(({ path }) => path === '/environments/words/reset')
  expect(new Set(resets.map(({ body }) => body.episode_id)).size).toBe(32)
  expect(resets[0]!.body).toMatchObject({
    seed: expect.any(Number),
    problem: { id: 'q0', question: 'q0', answer: '0', meta: {} },
  })
  const steps = asked.filter(({ path }) => path === '/environments/words/step')
  expect(steps.length).toBeGreaterThan(32)
  for (const { body } of steps) expect(Object.keys(body.action!)).toEqual(['move'])
  expect(steps.some(({ body }) => body.action!.move === 'good')).toBe(true)
  expect(rollouts.every(({ talk }) => talk!.failed === null)).toBe(true)
  expect(rollouts.some(({ text }) => text.includes('goodbad'))).toBe(true)
  const moves = [...episodes.values()]
  const outcomes = rollouts.flatMap(({ talk }) => talk!.outcome ?? [])
  expect(outcomes.reduce((a, b) => a + b)).toBeCloseTo(0.25 * moves.reduce((a, b) => a + b))
  expect(Math.max(...moves)).toBe(3)
  const graded = await outcome(undefined, talkedGrader(environment, boxedGrader()))(groups)
  const unjudged = rollouts.filter(({ talk }) => talk!.outcome === undefined) // cut off before they said a word to it
  expect(
    graded.flatMap(({ outcome_G }) => outcome_G).filter(x => x === 0.25).length,
  ).toBeGreaterThan(3)
  for (const one of unjudged) expect(one.stop).toBe('length')
  expect((await rolloutsOf()).rollouts).toEqual(rollouts)
})

test('without a schema an action is a message, and an observation of one text is that text', async () => {
  schemaAnswer = json({ detail: 'Not Found' }, 404)
  stepAnswer = json({ observation: { echoed: 'q1', length: 2 }, done: false })
  const { rollouts } = await rolloutsOf()
  expect(asked.find(({ body }) => body.action)!.body.action).toHaveProperty('message')
  expect(rollouts.some(({ text }) => text.includes('goodq1'))).toBe(true)
  expect(rollouts.every(({ talk }) => talk!.outcome === undefined)).toBe(true)
})

describe('what cannot be spoken with is refused at once', () => {
  const refused: [string, Answer, RegExp][] = [
    [
      'no text in an action',
      json(described({ value: { type: 'integer' } }, {})),
      /its actions have 0 texts \(none\)/,
    ],
    [
      'two texts in an action',
      json(described({ a: text, b: text }, {})),
      /have 2 texts \(a, b\); expected one/,
    ],
    ['a schema that is none', json({ action: 7 }), /schema: action/],
    ['a page', response => response.end('<html>'), /what is no JSON: <html>/],
    ['a failure', json({ detail: 'broken' }, 500), /schema: status 500: .*broken/],
  ]
  test.each(refused)('%s', async (_, answer, message) => {
    schemaAnswer = answer
    const opening = servedEnvironment(address, { stop: null })
    await expect(opening).rejects.toThrow(ConfigError)
    await expect(opening).rejects.toThrow(message)
  })

  test('nobody', async () => {
    const opening = servedEnvironment('http://127.0.0.1:9', { stop: null })
    await expect(opening).rejects.toThrow(
      /--environment http:\/\/127.0.0.1:9: cannot be reached .* is it running\?/,
    )
  })
})

describe('a server that misbehaves spoils its rollout alone', () => {
  const cases: [string, Answer, RegExp][] = [
    ['hangs', () => {}, /reply: nothing came within 2 s/],
    ['fails', json({ detail: 'kaput' }, 500), /reply: step: status 500: .*kaput/],
    ['does not know the action', json({ detail: [] }, 422), /step: status 422/],
    ['writes no JSON', response => response.end('bad {'), /step: what is no JSON: bad \{/],
    ['writes other JSON', json({ observation: 'bad', done: 'maybe' }), /step: done/],
    ['gives a reward that is none', json({ observation: 'bad', reward: '1' }), /step: reward/],
    [
      'writes without end',
      response => void response.end('x'.repeat(2 ** 20)),
      /an answer of more than 262144 bytes/,
    ],
    [
      'writes too much',
      json({ observation: 'bad'.repeat(50) }),
      /gave 50 tokens, a rollout has at most 12/,
    ],
    ['hangs up', response => void response.destroy(), /reply: (fetch failed|terminated)/],
    [
      'hangs up in the middle',
      response => {
        response.write('{"obs')
        setTimeout(() => response.destroy(), 5)
      },
      /reply: terminated/,
    ],
    [
      'is elsewhere',
      response => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
      /status 302/,
    ],
  ]
  test.each(cases)('%s', async (what, answer, message) => {
    const chosen = (id: string): boolean => Number(id.split('-')[1]) % 2 === 0
    stepAnswer = (response, one) => (chosen(one.body.episode_id) ? answer : usual)(response, one)
    const { rollouts } = await (what === 'hangs' ? rolloutsOf(2000, 2) : rolloutsOf())
    const failed = rollouts.flatMap(({ talk }) => talk!.failed ?? [])
    expect(failed.length).toBeGreaterThan(1)
    for (const why of failed) expect(why).toMatch(message)
    const whole = rollouts.filter((_, i) => i % 2 === 0) // episodes are numbered from 1
    expect(whole.map(({ talk }) => talk!.failed)).toEqual(whole.map(() => null))
    const steps = asked.filter(({ body }) => body.action && chosen(body.episode_id))
    expect(new Set(steps.map(({ body }) => body.episode_id)).size).toBe(steps.length) // nothing is asked twice
  })
})
