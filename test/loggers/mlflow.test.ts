import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loggerOf } from '../../src/loggers/named.ts'

// What is asked of a server, in which order and with which secrets; peers.test.ts asks a real one.

const { signal } = new AbortController()

interface Asked {
  readonly path: string
  readonly authorization: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: whatever is sent
  readonly body: any
}

let server: Server
let address = ''
let asked: Asked[] = []
let runs: Record<string, { step: number }[]> = {}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const some of request) text += some
  return text
}

beforeEach(async () => {
  ;[asked, runs] = [[], {}]
  server = createServer(async (request, response) => {
    const text = await textOf(request)
    const url = new URL(request.url!, 'http://x')
    const path = url.pathname.replace('/api/2.0/mlflow/', '')
    const body = text === '' ? null : JSON.parse(text)
    asked.push({ path, authorization: request.headers.authorization, body })
    const answer = (status: number, value: object): void => {
      response.statusCode = status
      response.end(JSON.stringify(value))
    }
    if (path === 'experiments/get-by-name') answer(404, { error_code: 'RESOURCE_DOES_NOT_EXIST' })
    else if (path === 'experiments/create') answer(200, { experiment_id: '7' })
    else if (path === 'runs/create') {
      const id = `run-${Object.keys(runs).length}`
      runs[id] = []
      answer(200, { run: { info: { run_id: id } } })
    } else if (path === 'runs/get') {
      const metrics = runs[url.searchParams.get('run_id')!]
      answer(metrics ? 200 : 404, { run: { data: { metrics } } })
    } else if (path === 'runs/log-batch') {
      runs[body.run_id]!.push(...(body.metrics ?? []))
      answer(200, {})
    } else answer(200, {})
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => void server.close())

const newRun = () => ({
  name: 'nice',
  folder: mkdtempSync(join(tmpdir(), 'minform-mlflow-')),
  config: { recipe: 'grpo', options: { clip: 0.2 } },
})

test('a run is made, its parameters and metrics are logged, and it ends', async () => {
  const run = newRun()
  const environment = { MLFLOW_EXPERIMENT_NAME: 'mine', MLFLOW_TRACKING_TOKEN: 'hidden' }
  const kind = loggerOf(`mlflow=http://${address}`, environment)
  const logger = await kind.open(run, [{ iteration: 1, 'a/b': 0.5 }], signal)
  await logger.write([{ iteration: 2, 'a/b': Number.NaN, c: 'text', d: 2 }], signal)
  await logger.end('stopped', signal)
  expect(asked.map(({ path }) => path)).toEqual([
    ...['experiments/get-by-name', 'experiments/create', 'runs/create', 'runs/log-batch'],
    ...['runs/log-batch', 'runs/log-batch', 'runs/update'],
  ])
  expect(asked.every(({ authorization }) => authorization === 'Bearer hidden')).toBe(true)
  expect(asked[1]!.body).toEqual({ name: 'mine' })
  expect(asked[2]!.body).toMatchObject({ experiment_id: '7', run_name: 'nice' })
  expect(asked[3]!.body.params).toEqual([
    { key: 'recipe', value: 'grpo' },
    { key: 'options', value: '{"clip":0.2}' },
  ])
  expect(asked[4]!.body.metrics).toMatchObject([{ key: 'a/b', value: 0.5, step: 1 }])
  expect(asked[5]!.body.metrics).toMatchObject([{ key: 'd', value: 2, step: 2 }])
  expect(asked[6]!.body).toMatchObject({ run_id: 'run-0', status: 'KILLED' })
})

test('a run that goes on is the same one there, and gets only what it lacks', async () => {
  const run = newRun()
  const lines = [1, 2, 3].map(iteration => ({ iteration, x: iteration }))
  const kind = loggerOf(`mlflow=http://${address}`, {})
  await kind.open(run, lines.slice(0, 2), signal)
  await kind.open(run, lines, signal)
  expect(Object.keys(runs)).toEqual(['run-0'])
  expect(runs['run-0']!.map(({ step }) => step)).toEqual([1, 2, 3])
  runs = {} // the server lost it
  await kind.open(run, lines, signal)
  expect(runs['run-0']!.map(({ step }) => step)).toEqual([1, 2, 3])
})

test('more metrics than one request may have are several', async () => {
  const many = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`m/${i}`, i]))
  const lines = [1, 2].map(iteration => ({ iteration, ...many }))
  await loggerOf(`mlflow=http://${address}`, {}).open(newRun(), lines, signal)
  const sizes = asked.flatMap(({ body }) => body?.metrics?.length ?? [])
  expect(sizes).toEqual([1000, 200])
})

test('secrets of an address stand there by name alone, and are not told', async () => {
  Object.assign(process.env, { MINFORM_TEST_USER: 'user', MINFORM_TEST_PASSWORD: 'hunter2' })
  const run = newRun()
  const text = `mlflow=http://\${MINFORM_TEST_USER}:\${MINFORM_TEST_PASSWORD}@${address}`
  const kind = loggerOf(text, {})
  expect(kind.shown).toBe(text)
  await kind.open(run, [], signal)
  const basic = `Basic ${Buffer.from('user:hunter2').toString('base64')}`
  expect(asked[0]!.authorization).toBe(basic)
  expect(readFileSync(join(run.folder, 'loggers.json'), 'utf8')).not.toContain('hunter2')
  server.close()
  server.closeAllConnections()
  const failed = await kind.open(run, [], signal).catch((error: Error) => error.message)
  expect(failed).toContain('cannot be reached')
  expect(failed).not.toContain('hunter2')
  for (const name of ['USER', 'PASSWORD']) delete process.env[`MINFORM_TEST_${name}`]
})

test('what is no logger, or no address, is refused at once', () => {
  expect(() => loggerOf('tensorbord')).toThrow("did you mean 'tensorboard'?")
  expect(() => loggerOf('comet')).toThrow('there is tensorboard, mlflow, wandb')
  expect(() => loggerOf('mlflow', {})).toThrow('set MLFLOW_TRACKING_URI')
  expect(() => loggerOf('mlflow=x', {})).toThrow('is no address')
  expect(() => loggerOf('mlflow=http://me:secret@host', {})).toThrow(/holds a user or a password/)
  expect(() => loggerOf('mlflow=http://me:secret@host', {})).not.toThrow(/secret@/)
  expect(() => loggerOf(`mlflow=http://\${MINFORM_NOT_SET}@h`, {})).toThrow('is not set, or empty')
  expect(() => loggerOf('wandb=a/b')).toThrow('expected the name of a project')
  expect(() => loggerOf('tensorboard=x')).toThrow("lie in the run's folder")
  expect(loggerOf('mlflow', { MLFLOW_TRACKING_URI: 'http://h:1' }).shown).toBe('mlflow=http://h:1')
})
