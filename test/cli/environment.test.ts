// Environments from the command line to the run folder: a file of code, and one behind an address.

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import evaluate from '../../src/cli/eval.ts'
import sample from '../../src/cli/sample.ts'
import type { TalkedText } from '../../src/cli/sample-talk.ts'
import { carriedModels } from '../../src/model-source/carried-models.ts'
import { readRun } from '../../src/runs/reader.ts'
import { userFiles } from '../user/files.ts'
import { recordsOf, rowsFile } from './commands.ts'
import { rows, tinyModels, train } from './train-subject.ts'

let tiny: Awaited<ReturnType<typeof tinyModels>>
const problems = rowsFile(rows.slice(0, 60))
const { folder, file, remove } = userFiles()
beforeAll(async () => {
  tiny = await tinyModels()
})
afterAll(() => {
  tiny.remove()
  remove()
})

const short = (run: string, ...args: string[]): string[] => [
  ...['pure-vr', '--problems', problems, '--model', tiny.base, '--threads', '1'],
  ...['--iterations', '2', '--batch', '4', '--max-tokens', '24', '--eval-every', '2'],
  ...['--run', join(folder, run), ...args],
]
const prompter = `import type { Environment } from 'minform'
export default {
  name: 'prompter',
  stops: ['='],
  open: (problem, seed) => ({
    reply: text => {
      if (seed % 8 === 0) throw new Error('no chalk')
      return text.endsWith('=') ? '7' : null
    },
    score: () => ({ parts: { board: 1 } }),
  }),
} satisfies Environment`

test('a file of code talks in a run, is kept with it, and may not change under it', async () => {
  const path = file('prompter.ts', prompter)
  const { code, err } = await train(
    ...short('file', '--environment', path, '--environment-timeout', '9'),
  )
  expect([code, err]).toEqual([
    0,
    expect.stringContaining(
      'could not be judged, and count for nothing: prompter: reply: no chalk',
    ),
  ])
  const run = readRun(join(folder, 'file'))
  expect(run.config()).toMatchObject({ environment: path, environmentTimeout: 9 })
  expect(Object.keys((run.config() as { code: object }).code)).toEqual([path])
  const [first] = run.metrics()
  expect(first).toMatchObject({ 'rewards/board_mean': 1 })
  expect(first!['rollouts/environment_failed']).toBeGreaterThan(0)
  const stored = await run.rollouts(1)
  const answered = stored.filter(({ talk }) => talk!.replies > 0)
  expect(answered.length).toBeGreaterThan(3)
  for (const { text, learned, outcome, talk } of stored) {
    if (talk!.failed !== null) expect([learned, outcome]).toEqual([false, null])
    else if (text.includes('=')) expect(text).toMatch(/=(7|$)/)
  }
  file('prompter.ts', prompter.replace("'7'", "'8'"))
  const again = await train('--resume', '--run', join(folder, 'file'), '--iterations', '3')
  expect([again.code, again.err]).toEqual([
    1,
    expect.stringMatching(/started with other code: .*prompter\.ts changed/),
  ])
})

test('a server behind an address talks in a run', async () => {
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    if (request.url === '/schema') return void response.writeHead(404).end('{}')
    const message: string = JSON.parse(body).action?.message ?? ''
    const done = message !== '' && !message.endsWith('=')
    response.end(JSON.stringify({ observation: '7', reward: done ? 0.75 : null, done }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    const there = ['--environment', address, '--environment-stop', '=']
    const { code, err } = await train(...short('served', ...there))
    expect([code, err]).toEqual([0, expect.stringMatching(/accuracy on/)])
    const stored = await readRun(join(folder, 'served')).rollouts(1)
    expect(stored.some(({ text, outcome }) => text.includes('=7') && outcome === 0.75)).toBe(true)
  } finally {
    server.closeAllConnections()
    server.close()
  }
  const gone = await train(...short('gone', '--environment', address))
  expect([gone.code, gone.err]).toEqual([
    2,
    expect.stringMatching(/cannot be reached .* is it running\?/),
  ])
})

test.each([
  [['--environment', 'calculater'], "did you mean 'calculator'?"],
  [['--environment', './none.ts'], './none.ts: there is no such file'],
  [['--environment', 'calculator', '--ahead', '1'], '--ahead 1 does not go with --environment'],
  [
    ['--environment', 'calculator', '--environment-stop', 'x'],
    '--environment-stop is a text, and goes with an address',
  ],
  [['--environment-timeout', '3'], '--environment-timeout goes with --environment'],
  [['--environment', 'http://me:pass@host/'], 'holds a user or a password'],
])('%s is refused', async (args, message) => {
  const { code, err } = await train(...short('refused', ...args))
  expect([code, err]).toEqual([2, expect.stringContaining(message)])
})

test('sample and eval talk with the same calculator', async () => {
  const model = carriedModels.base
  const rows = rowsFile([{ prompt: 'Compute 3+4.\n\n{3+4' }, { prompt: 'Compute 3+4.\n\n' }])
  const flags = ['--model', model, '--environment', 'calculator', '--max-tokens', '12']
  const found = await recordsOf<TalkedText>(sample, [rows, ...flags, '--n', '2'])
  expect(found).toHaveLength(4)
  expect(found[2]!.talk).toMatchObject({
    replies: 0,
    parts: { calls: 0, call_errors: 0 },
    failed: null,
  })
  const plain = rowsFile([{ prompt: 'Compute 3+4.\n\n' }])
  const few = ['--model', model, '--max-tokens', '12', '--greedy']
  const [one] = await recordsOf<TalkedText>(sample, [plain, ...few])
  const [other] = await recordsOf<TalkedText>(sample, [
    plain,
    ...few,
    '--environment',
    'calculator',
  ])
  expect(other).toMatchObject(one!)
  const ids = recordsOf(sample, [rowsFile([{ ids: [64, 3] }]), ...flags])
  await expect(ids).rejects.toThrow(/an environment is told texts/)
  const stray = recordsOf(sample, [plain, ...flags, '--top-p', '0.5', '--stop', 'x'])
  await expect(stray).rejects.toThrow('--top-p, --stop does not go with --environment')
  const path = file(
    'judge.ts',
    `export default { name: 'judge', stops: [], judges: true,
    open: () => ({ reply: () => null, score: () => ({ outcome: 1 }) }) }`,
  )
  const asked = [
    '--task',
    'nested-arithmetic',
    '--model',
    model,
    '--count',
    '3',
    '--n',
    '2',
    '--no-greedy',
  ]
  const [report] = await recordsOf<object>(evaluate, [...asked, '--json', '--environment', path])
  expect(report).toMatchObject({ problems: 3, sampled: { share: 1, n: 3 } })
})

test('what an environment reads of a problem goes on with it, and its answers are counted as it reads them', async () => {
  const meta = {
    setup: 'create table t (a int); insert into t values (1)',
    query: 'select a from t',
  }
  const asked = rowsFile(rows.slice(0, 3).map(({ question }) => ({ question, meta })))
  const chosen = join(folder, 'chosen.jsonl')
  const by = (problems: string): string[] => [
    ...['--model', tiny.base, '--problems', problems, '--environment', 'sql', '--json'],
    ...['--max-tokens', '8', '--n', '2', '--no-greedy'],
  ]
  const select = ['--select', chosen, '--keep', '0:1']
  const [first] = await recordsOf<object>(evaluate, [...by(asked), ...select])
  expect(first).toMatchObject({ problems: 3, ungraded: 0, unanswered: 1 })
  const kept = readFileSync(chosen, 'utf8').trimEnd().split('\n')
  for (const row of kept) expect(JSON.parse(row)).toMatchObject({ meta })
  expect(await recordsOf<object>(evaluate, by(chosen))).toMatchObject([
    { problems: 3, ungraded: 0, unanswered: 1 },
  ])
})
