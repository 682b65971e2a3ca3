// Commands whose models a server holds.

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import evaluation from '../../src/cli/eval.ts'
import audit from '../../src/cli/prm/audit.ts'
import judged from '../../src/cli/prm/eval.ts'
import label from '../../src/cli/prm/label.ts'
import { type OnnxEngine, openOnnxEngine } from '../../src/engine/onnx/open.ts'
import { ConfigError, VerifierError } from '../../src/errors.ts'
import { readRun } from '../../src/runs/reader.ts'
import { loadTokenizer } from '../../src/tokenizer/load.ts'
import {
  type ModelServer,
  type ModelServerOptions,
  modelServer,
} from '../engine/served/model-server.ts'
import { printedBy, recordsOf, rowsFile } from './commands.ts'
import { tinyModels, train } from './train-subject.ts'

let tiny: Awaited<ReturnType<typeof tinyModels>>
let here: string // what of the models has to be on this machine
let engines: Record<'base' | 'prm', OnnxEngine>
const servers: ModelServer[] = []
beforeAll(async () => {
  tiny = await tinyModels()
  here = mkdtempSync(join(tmpdir(), 'minform-here-'))
  for (const name of ['base', 'prm'] as const)
    for (const file of readdirSync(tiny[name]).filter(file => file.endsWith('.json')))
      cpSync(join(tiny[name], file), join(here, name, file))
  engines = {
    base: await openOnnxEngine(tiny.base, { threads: 1 }),
    prm: await openOnnxEngine(tiny.prm, { threads: 1 }),
  }
})
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})
afterAll(async () => {
  for (const engine of Object.values(engines)) await engine.close()
  rmSync(here, { recursive: true })
  tiny.remove()
})

async function serve(name: 'base' | 'prm', options: ModelServerOptions = {}): Promise<string> {
  const server = await modelServer(engines[name], await loadTokenizer(tiny[name]), options)
  servers.push(server)
  return server.url
}

const newFile = (): string => join(mkdtempSync(join(here, 'out-')), 'out.jsonl')
const lines = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
const judge = (): string[] => ['--prm', join(here, 'prm')]

describe('a run whose judge is elsewhere', () => {
  let runs = 0
  const flags = (...more: string[]): string[] => [
    ...['--problems', tiny.problems, '--model', tiny.base, '--run', join(here, `run-${runs++}`)],
    ...['--threads', '1', '--iterations', '2', '--batch', '2', '--max-tokens', '24'],
    ...['--eval-every', '0', '--judge-check', 'warn', '--audit', 'off', ...more],
  ]

  test('learns from the rewards that it gives here, and goes on at another address', async () => {
    const remote = flags(...judge(), '--prm-url', await serve('prm'), '--concurrency', '4')
    const local = flags('--prm', tiny.prm)
    const ran = await train(...remote)
    expect([ran.code, (await train(...local)).code]).toEqual([0, 0])
    const [run, same] = [readRun(remote[5]!), readRun(local[5]!)]
    const [rewards, others] = await Promise.all(
      [run, same].map(async one => (await one.rollouts(1))!.map(r => r.stepRewards_S)),
    )
    expect(rewards!.length).toBe(16)
    rewards!.forEach((rewards_S, i) => {
      for (const [s, reward] of Array.from(rewards_S!).entries())
        expect(Math.abs(reward - others![i]![s]!)).toBeLessThan(1e-5)
    })
    const config = JSON.parse(readFileSync(join(remote[5]!, 'config.json'), 'utf8'))
    expect(config.scorer).toMatchObject({ kind: 'model', served: { url: remote.at(-3) } })
    const url = await serve('prm', { names: ['moved'], tokenizer: null })
    const again = ['--resume', '--run', remote[5]!, '--iterations', '3', '--prm-url', url]
    const on = await train(...again)
    expect(on.err).toContain('has no /tokenize')
    expect(on.code).toBe(0)
    expect(readRun(remote[5]!).metrics().length).toBe(3)
  })

  test('does not begin where the judge is another one, or is not there', async () => {
    const url = await serve('base')
    const other = flags(...judge(), '--prm-url', url)
    const refused = await train(...other)
    expect(refused.err).toContain('vllm serve MODEL --runner pooling')
    expect([refused.code, existsSync(other[5]!)]).toEqual([1, false])
    const gone = await train(...flags(...judge(), '--prm-url', url, '--prm-model', 'no'))
    expect(gone.err).toContain('serves no no; there is model')
    expect(gone.code).toBe(2)
  })

  test('ends where the judge is lost, saved', async () => {
    let asked = 0
    const fault = ({ path }: { path: string }) =>
      path === '/pooling' && ++asked > 40 ? ({ status: 503 } as const) : null
    const lost = flags(...judge(), '--prm-url', await serve('prm', { fault }), '--retries', '0')
    const { code, err } = await train(...lost, '--judge-check', 'off', '--checkpoint-every', '1')
    expect(err).toMatch(/pooling: status 503: .*all attempts failed/)
    expect(code).toBe(1)
    expect(readRun(lost[5]!).metrics().length).toBeGreaterThan(0)
  })
})

test('prm audit and prm eval ask a judge elsewhere', async () => {
  const url = await serve('prm')
  const asked = [...judge(), '--prm-url', url, '--json']
  const problems = ['--problems', tiny.problems, '--count', '6']
  const found: unknown[] = []
  await recordsOf(audit, [...asked, ...problems], found).catch((error: Error) => {
    expect(error).toBeInstanceOf(VerifierError) // this judge may well be no good
  })
  expect(found[0]).toMatchObject({ scorer: judge()[1], rows: expect.any(Array) })
  const rows = rowsFile([
    {
      prompt: 'Person 1 adds 3 and 4\n\n',
      completions: ['3+4=7', '\\boxed{7}'],
      labels: [true, true],
    },
    {
      prompt: 'Person 2 adds 3 and 4\n\n',
      completions: ['3+4=8', '\\boxed{8}'],
      labels: [false, false],
    },
  ])
  const reportOf = async (...flags: string[]) =>
    JSON.parse(await printedBy(judged, [rows, '--json', ...flags]), (_, value) =>
      typeof value === 'number' ? Math.round(1e4 * value) : value,
    )
  const { steps } = await reportOf(...judge(), '--prm-url', url)
  expect(steps).toMatchObject({ solutions: 20_000 })
  expect(steps).toEqual((await reportOf('--prm', tiny.prm, '--threads', '1')).steps)
})

describe('a policy that samples elsewhere', () => {
  const policy = (): string[] => ['--model', join(here, 'base')]
  const problems = (): string[] => ['--problems', tiny.problems, '--max-tokens', '24']

  test('is evaluated: its likeliest answers are those that it gives here', async () => {
    const [remote, local] = [newFile(), newFile()]
    const asked = [...problems(), '--count', '5', '--n', '2', '--out']
    const url = await serve('base', { key: 'sesame' })
    process.env.SESAME = 'sesame'
    const at = ['--sampler-url', url, '--sampler-key-env', 'SESAME']
    await printedBy(evaluation, [...policy(), ...asked, remote, ...at])
    await printedBy(evaluation, ['--model', tiny.base, '--threads', '1', ...asked, local])
    const likeliest = (file: string) => lines(file).map(row => row.likeliest)
    expect(likeliest(remote)).toEqual(likeliest(local))
    expect(lines(remote).every(({ rollouts }) => rollouts.length === 2)).toBe(true)
    expect(readFileSync(`${remote}.journal`, 'utf8')).not.toContain('sesame')
    await expect(
      printedBy(evaluation, [
        ...policy(),
        ...asked,
        remote,
        '--resume',
        '--sampler-url',
        'http://127.0.0.1:1',
      ]),
    ).rejects.toThrow('sampler')
  })

  test('and labels solutions by completions', async () => {
    const out = newFile()
    const asked = ['--method', 'monte-carlo', '--completions', '2', '--samples', '2', '--out', out]
    const server = ['--sampler-url', await serve('base'), '--sampler-model', 'model']
    const few = rowsFile(lines(tiny.problems).slice(0, 3))
    const report = JSON.parse(
      await printedBy(label, [
        ...policy(),
        ...asked,
        ...server,
        '--problems',
        few,
        '--max-tokens',
        '24',
        '--json',
      ]),
    )
    expect(report).toMatchObject({ problems: 3, labelledSolutions: 6, sampledSolutions: 6 })
    expect(
      lines(out)
        .flatMap(({ labels }) => labels)
        .every(l => l === 0 || l === 1),
    ).toBe(true)
  })

  test('only where a server is named, and with a method that samples', async () => {
    const named = [...policy(), ...problems(), '--sampler-model', 'm']
    await expect(printedBy(evaluation, named)).rejects.toThrow(
      '--sampler-model goes with --sampler-url',
    )
    const mutation = ['--method', 'mutation', '--out', newFile(), ...problems()]
    const refused = printedBy(label, [...mutation, '--sampler-url', 'http://127.0.0.1:1'])
    await expect(refused).rejects.toThrow(ConfigError)
  })
})
