import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { type Command, dispatch } from '../../src/cli/dispatch.ts'
import { type Flags, kebab } from '../../src/cli/flags.ts'
import { namedModel } from '../../src/cli/named-model.ts'
import { samePin } from '../../src/hub/name.ts'
import { openScorer } from '../../src/prm/score/open.ts'
import { firstCommit, type HubServer, hubServer } from '../hub/hub-server.ts'
import { fixture, rowsFile } from './commands.ts'
import { tinyModels, train } from './train-subject.ts'

let tiny: Awaited<ReturnType<typeof tinyModels>>
let hub: HubServer
let judges: HubServer
beforeAll(async () => {
  tiny = await tinyModels()
  hub = await hubServer(tiny.base)
  judges = await hubServer(tiny.prm, 'tiny/judge')
  vi.stubEnv('HF_HOME', mkdtempSync(join(tmpdir(), 'minform-hub-')))
  vi.stubEnv('HF_ENDPOINT', hub.url)
  vi.stubEnv('HF_TOKEN', 'hf_topsecret123')
})
afterAll(async () => {
  rmSync(process.env.HF_HOME!, { recursive: true })
  vi.unstubAllEnvs()
  await hub.close()
  await judges.close()
  tiny.remove()
})

test('megabytes and the time left are told while they come, and nothing afterwards', async () => {
  let told = ''
  const stream = { write: (text: string): unknown => (told += text) }
  const larger = await hubServer(fixture('qwen2'), 'tiny/larger')
  vi.stubEnv('HF_ENDPOINT', larger.url)
  try {
    const found = await namedModel('tiny/larger', stream)
    expect(found.name).toBe(`tiny/larger@${firstCommit}`)
    expect(told).toMatch(
      /^fetch tiny\/larger .*0\/0\.6 · config.json\nfetch tiny\/larger 0\.6\/0\.6 in /,
    )
    told = ''
    await namedModel('tiny/larger', stream)
    expect(told).toBe('')
  } finally {
    vi.stubEnv('HF_ENDPOINT', hub.url)
    await larger.close()
  }
})

test('a run keeps the commit of its models, and goes on with it when the branch has moved', async () => {
  vi.stubEnv('HF_ENDPOINT', judges.url)
  await namedModel('tiny/judge', { write: () => {} })
  vi.stubEnv('HF_ENDPOINT', hub.url)
  const run = join(tiny.folder, 'from-hub')
  const pinned = `tiny/judge@${firstCommit}`
  const flags = [
    ...['--problems', tiny.problems, '--model', 'tiny/model', '--prm', pinned, '--run', run],
    ...['--iterations', '1', '--batch', '2', '--max-tokens', '24', '--eval-every', '0'],
    ...['--threads', '1', '--audit', 'off'],
  ]
  expect(await train('pure-prm', ...flags)).toMatchObject({ code: 0 })
  const config = readFileSync(join(run, 'config.json'), 'utf8')
  const { model, prm } = JSON.parse(config) as Record<string, string>
  expect([model, prm]).toEqual([`tiny/model@${firstCommit}`, pinned])
  expect(config).not.toContain('topsecret')

  hub.commit = 'd'.repeat(40)
  hub.asked.length = 0
  expect(await train('pure-prm', '--resume', ...flags)).toMatchObject({ code: 0 })
  expect(hub.asked).toEqual([])
  const other = flags.map(flag => (flag === 'tiny/model' ? 'tiny/other' : flag))
  expect(await train('pure-prm', '--resume', ...other)).toMatchObject({ code: 2 })
})

const none = 'tiny/none'
const [judge, policy] = [fixture('qwen2-prm'), fixture('qwen2')]
const task = ['--task', 'nested-arithmetic']
const asked = ['--prm', judge, '--prm-reference', none, ...task]
const searching = ['--method', 'beam', '--n', '2', rowsFile([{ prompt: 'x' }])]
/** Every flag that names a model, in a command that gets as far as looking for it. */
const naming = [
  ['sample', '--model', none],
  ['score', '--model', none],
  ['eval', '--model', none, '--task', 'nested-arithmetic'],
  ['eval', '--model', policy, '--under', none, '--task', 'nested-arithmetic'],
  ['write', 'rewrites', '--model', none, ...task, '--out', '/tmp/none'],
  ['train', 'pure-vr', '--model', none],
  ['train', 'pure-prm', '--prm', none],
  ['compare', 'pure-vr', '--model', none],
  ['prm', 'label', '--method', 'monte-carlo', '--model', none, '--task', 'nested-arithmetic'],
  ['prm', 'train', '--model', none, '--task', 'nested-arithmetic', '--out', '/tmp/none'],
  ['sft', '--model', none, '--task', 'nested-arithmetic', '--out', '/tmp/none'],
  ['train', 'pure-prm', '--prm', judge, '--prm-reference', none],
  ['compare', 'pure-prm', '--prm', none],
  ['compare', 'pure-prm', '--prm', judge, '--prm-reference', none],
  ['prm', 'label', '--method', 'consensus', '--model', policy, '--prm', none, ...task],
  ['prm', 'label', '--method', 'consensus', '--model', policy, ...asked],
  ['prm', 'train', '--model', policy, '--policy', none, ...task, '--out', '/tmp/none'],
  ['prm', 'score', '--prm', judge, '--prm-reference', none],
  ['prm', 'audit', '--prm', judge, '--prm-reference', none],
  ['prm', 'eval', ...asked.slice(0, 4), fixture('../prm/processbench.json')],
  ['prm', 'score', '--prm', none],
  ['prm', 'audit', '--prm', none],
  ['prm', 'eval', '--prm', none, fixture('../prm/processbench.json')],
  ['prm', 'eval', '--pairs', 'compare', '--pair-model', none, fixture('../prm/reward-bench.jsonl')],
  ['connect', '--url', 'http://127.0.0.1:9', '--model', none],
  ['search', '--model', none, '--prm', judge, ...searching],
  ['search', '--model', policy, '--prm', none, ...searching],
  ['search', '--model', policy, ...asked.slice(0, 4), ...searching],
]
test('every flag that names a model is among them', async () => {
  const found: string[] = []
  const collect = async (path: string, command: Command): Promise<void> => {
    for (const [name, flag] of Object.entries((command.args ?? {}) as Flags))
      if ('valueHint' in flag && flag.valueHint === 'model') found.push(`${path} --${kebab(name)}`)
    for (const [name, inner] of Object.entries(command.subCommands ?? {}))
      await collect(`${path} ${name}`, await (inner as () => Promise<Command>)())
  }
  for (const [name, { load }] of Object.entries(commands)) {
    const made = (await load()).default
    await collect(name, typeof made === 'function' ? await made([]) : made)
  }
  const covered = naming.map(args => {
    const at = args.indexOf(none)
    const words = args.slice(0, args[0] === 'prm' ? 2 : 1)
    return `${words.join(' ')} ${args[at - 1]}`
  })
  const apart = ['doctor --model'] // which only looks it up
  expect([...covered, ...apart].sort()).toEqual(found.sort())
})

test.each(naming)('%s %s %s: a name on the Hub is looked for', async (...args) => {
  vi.stubEnv('HF_HUB_OFFLINE', '1')
  let told = ''
  const say = (text: string): void => {
    told += text
  }
  try {
    const output = { out: say, err: say, version: '0', debug: false }
    const labels = args[1] === 'label' ? ['--out', join(tiny.folder, 'labels.jsonl')] : []
    expect(await dispatch(commands, [...args, ...labels], output)).toBe(2)
    expect(told).toContain('HF_HUB_OFFLINE is set, and tiny/none is not')
  } finally {
    vi.stubEnv('HF_HUB_OFFLINE', '')
  }
})

test('a scorer of steps is opened from the Hub', async () => {
  const { path } = await namedModel(`tiny/judge@${firstCommit}`, { write: () => {} })
  const scorer = await openScorer({ kind: 'model', folder: path })
  await scorer.close()
})

test.each([
  ['a/b', `a/b@${firstCommit}`, true],
  ['a/b@v1', `a/b@${firstCommit}`, true],
  [`a/b@${firstCommit}`, `a/b@${firstCommit}`, true],
  [`a/b@${'b'.repeat(40)}`, `a/b@${firstCommit}`, false],
  ['a/c', `a/b@${firstCommit}`, false],
  ['a/b:x.gguf', `a/b@${firstCommit}:x.gguf`, true],
  ['a/b:x.gguf', `a/b@${firstCommit}`, false],
  ['./a/b', `a/b@${firstCommit}`, false],
])('%s may be what %s was: %s', (asked, stored, expected) => {
  expect(samePin(asked, stored)).toBe(expected)
})
