// A run on a server of the Tinker protocol, as commands do it: the server is one of this process, over HTTP.

import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import sampleCommand, { type SampledText } from '../../src/cli/sample.ts'
import scoreCommand, { type ScoredTokens } from '../../src/cli/score.ts'
import { readConfig } from '../../src/engine/hf/config-file.ts'
import { openEngine } from '../../src/engine/open.ts'
import { checkpointIterations } from '../../src/runs/layout.ts'
import { readRun } from '../../src/runs/reader.ts'
import { built } from '../built.ts'
import { close } from '../engine/subject.ts'
import {
  type ServerSettings,
  type TinkerServer,
  tinkerServer,
} from '../engine/tinker/server/server.ts'
import { recordsOf, rowsFile } from './commands.ts'
import { minform, tinyModels, train } from './train-subject.ts'

let tiny: Awaited<ReturnType<typeof tinyModels>>
let reward: string // code, of what a table of pairs of tokens can learn
let policy: string // configuration and tokenizer alone: the weights are the server's
let server: TinkerServer
const servers: TinkerServer[] = []

async function serve(settings: ServerSettings = {}): Promise<TinkerServer> {
  const { vocabSize, maxPositions } = await readConfig(policy)
  const started = await tinkerServer({ baseModel: 'tiny', vocabSize, maxPositions, ...settings })
  servers.push(started)
  return started
}

beforeAll(async () => {
  tiny = await tinyModels()
  policy = join(tiny.folder, 'policy')
  cpSync(tiny.base, policy, {
    recursive: true,
    filter: path => !path.endsWith('.safetensors'),
  })
  expect(readdirSync(policy)).not.toContain('model.safetensors')
  server = await serve()
  reward = join(tiny.folder, 'reward.mjs')
  writeFileSync(reward, 'export default ({ text }) => Number(/[3-9]/.test(text))\n')
})
afterAll(async () => {
  for (const one of servers) await one.close()
  tiny.remove()
})
afterEach(() => vi.unstubAllEnvs())

const shared = (): string[] => [
  ...['--problems', tiny.problems, '--model', policy, '--reward', reward],
  ...['--engine', 'tinker', '--url', server.url, '--base-model', 'tiny', '--lora', '4'],
  ...['--batch', '4', '--max-tokens', '16', '--threads', '1'],
]
const flags = (run: string): string[] => [
  ...shared(),
  ...['--run', run, '--iterations', '3', '--eval-every', '2', '--checkpoint-every', '1'],
  ...['--seed', '5', '--learning-rate', '0.05'],
]

/** Everything of a run that may not depend on whether it was killed. */
function traceOf(run: string) {
  const times = /"time\/\w+":[^,}]*,?/g
  const parts = readdirSync(join(run, 'rollouts')).sort()
  return {
    metrics: readFileSync(join(run, 'metrics.jsonl'), 'utf8').replaceAll(times, ''),
    rollouts: parts.map(name => readFileSync(join(run, 'rollouts', name), 'hex')),
  }
}

let done: string
test('a run fills its folder; the key is sent to this machine, and kept nowhere', async () => {
  vi.stubEnv('TINKER_API_KEY', 'tml-secret')
  done = join(tiny.folder, 'run')
  const { code, out, err } = await train('pure-vr', ...flags(done), '--prices', '1,2.5,4')
  expect(err).toContain('tinker: it does not clip gradients')
  expect([code, out]).toEqual([0, expect.stringContaining('after 3 iterations')])
  const reader = readRun(done)
  expect(reader.metrics()).toHaveLength(3)
  for (const line of reader.metrics()) expect(line['update/grad_norm']).toBeGreaterThan(1e-3)
  const [first, , last] = reader.metrics().map(line => Number(line['rewards/outcome_mean']))
  expect([first!, last!].every(mean => mean > 0 && mean < 1)).toBe(true)
  expect(reader.metrics()[0]).not.toHaveProperty('update/entropy')
  expect(reader.metrics()[1]).toHaveProperty('eval/validation_accuracy')
  const engine = { kind: 'tinker', url: server.url, baseModel: 'tiny' }
  expect(reader.config()).toMatchObject({ engine })
  const told = reader.log().find(({ event }) => event === 'engine')
  expect(told).toMatchObject({ ...engine, abilities: { entropies: false, clipNorm: false } })
  const spent = reader.log().find(({ event }) => event === 'tokens asked of the server')
  const { read, sampled, learned, cost } = spent as unknown as Record<string, number>
  const rollouts = (await Promise.all([1, 2, 3].map(i => reader.rollouts(i)))).flat()
  const written = rollouts.reduce((sum, { ids }) => sum + ids.length, 0)
  const prompts = rollouts.reduce((sum, { promptIds }) => sum + promptIds.length, 0)
  expect(learned).toBeGreaterThan(0) // what has no slope is not sent
  expect(learned).toBeLessThanOrEqual(prompts + written)
  expect(sampled).toBeGreaterThan(written) // evaluations too
  expect(cost).toBeCloseTo((read! + 2.5 * sampled! + 4 * learned!) / 1e6, 12)
  expect(err).toContain(
    `tokens asked of the server: ${read} read, ${sampled} sampled, ${learned} learned; `,
  )
  expect(new Set(server.keys)).toEqual(new Set(['tml-secret']))
  const files = readdirSync(done, { recursive: true, encoding: 'utf8' })
  for (const name of files.filter(name => /jsonl?$/.test(name)))
    expect(readFileSync(join(done, name), 'utf8'), name).not.toContain('tml-secret')
}, 60_000)

test.each([0, 1])(
  'sampled %d ahead, killed and continued, it ends as one that was not',
  async ahead => {
    const [whole, killed] = [`whole-${ahead}`, `killed-${ahead}`].map(name =>
      join(tiny.folder, name),
    )
    const asked = (run: string): string[] => [...flags(run), '--ahead', String(ahead)]
    expect((await train('pure-vr', ...asked(whole!))).code).toBe(0)
    const child = spawn(process.execPath, [
      built('cli/main'),
      'train',
      'pure-vr',
      ...asked(killed!),
    ])
    const look = setInterval(() => {
      if (checkpointIterations(killed!).includes(1)) child.kill('SIGKILL')
    }, 5)
    const signal = await new Promise(resolve => child.on('close', (_, by) => resolve(by)))
    clearInterval(look)
    expect(signal).toBe('SIGKILL')
    expect(checkpointIterations(killed!).at(-1)).toBeLessThan(3)
    const { code, err } = await train('--resume', '--run', killed!)
    expect([code, err]).toEqual([0, expect.not.stringContaining('minform:')])
    expect(traceOf(killed!)).toEqual(traceOf(whole!))
    const ages = readRun(killed!)
      .metrics()
      .map(line => line['rollouts/staleness'])
    expect(ages).toEqual([0, ahead, ahead])
  },
  120_000,
)

test('recipes are compared on it, a judge here', async () => {
  const out = join(tiny.folder, 'compared')
  const { code, err } = await minform(
    ...['compare', 'pure-vr', 'pure-prm-vr', '--out', out, '--seeds', '1', '--prm', tiny.prm],
    ...['--judge-check', 'off', '--audit', 'off', ...shared()],
    ...['--iterations', '1', '--eval-every', '0'],
  )
  expect([code, err]).toEqual([0, expect.stringContaining('report: ')])
  const run = readRun(join(out, 'runs', 'pure-prm-vr', 'seed-1'))
  expect(run.metrics()[0]).toHaveProperty('rewards/process_mean')
  expect(run.config()).toMatchObject({ engine: { kind: 'tinker' }, lora: { rank: 4 } })
}, 60_000)

test('a checkpoint answers where the server keeps it', async () => {
  const checkpoint = readRun(done).checkpoints().at(-1)!
  const questions = rowsFile([{ question: 'Person 1 adds 3 and 4' }])
  const ask = (model: string, ...more: string[]) =>
    recordsOf<SampledText>(sampleCommand, [
      ...[questions, '--model', model, '--n', '4', '--max-tokens', '8', ...more],
    ])
  const answers = await ask(checkpoint)
  expect(answers.map(({ ids }) => ids.length)).toEqual([8, 8, 8, 8].map(() => expect.any(Number)))
  expect(await ask(checkpoint, '--url', server.url)).toEqual(answers)
  const [{ ids, logprobs }] = answers as [SampledText]
  const asked = prompts().at(-1)!
  const scored = await recordsOf<ScoredTokens>(scoreCommand, [
    ...[rowsFile([{ ids: [...asked, ...ids] }]), '--model', checkpoint],
  ])
  close(scored[0]!.logprobs.slice(asked.length).map(Number), logprobs, 1e-5)
  expect(scored[0]!.entropies).toBeNull()
  await expect(ask(checkpoint, '--min-tokens', '2')).rejects.toThrow('It lacks minTokens')
  await expect(ask(tiny.base, '--url', server.url)).rejects.toThrow(
    `--url goes with a checkpoint that a server keeps; ${tiny.base} is here`,
  )
})

test('the adapter that a server gives is merged, where the weights beneath it are here', async () => {
  const learner = await openEngine({
    kind: 'onnx',
    folder: tiny.base,
    threads: 1,
    lora: { rank: 4 },
  })
  const ids = Int32Array.of(1, 5, 9, 3)
  await learner.accumulate([{ ids, weights: Float32Array.of(1, 1, 1) }])
  await learner.step({ learningRate: 0.1 })
  const folder = join(tiny.folder, 'adapter')
  await learner.save(folder, { merge: false })
  const [expected] = await learner.score([ids])
  await learner.close()
  const files = ['adapter_config.json', 'adapter_model.safetensors']
  const archive = execFileSync('tar', ['czf', '-', '-C', folder, ...files])
  const merge = async (more: ServerSettings, name: string) => {
    const run = join(tiny.folder, name)
    const at = ['--url', (await serve(more)).url, '--model', tiny.base, '--iterations', '0']
    return { run, ...(await train('pure-vr', ...flags(run), ...at, '--merge')) }
  }
  const { run, code } = await merge({ archive }, 'merging')
  expect(code).toBe(0)
  const merged = await openEngine({ kind: 'onnx', folder: join(run, 'merged'), threads: 1 })
  const [found] = await merged.score([ids])
  close(found!.logprobs, expected!.logprobs, 1e-5)
  await merged.close()
  const without = await merge({}, 'not-merging')
  expect(without.err).toContain('--merge: the server did not give the adapter of ')
  expect([without.code, readRun(without.run).checkpoints()]).toEqual([1, [expect.any(String)]])
}, 60_000)

test('a server whose model is another one than the folder describes is named', async () => {
  const { vocabSize } = await readConfig(policy)
  const url = ['--url', (await serve({ vocabSize: vocabSize + 40 })).url]
  const { code, err } = await train('pure-vr', ...flags(join(tiny.folder, 'foreign')), ...url)
  expect(err).toMatch(
    /tiny draws token \d+, and the vocabulary of .*policy has \d+: they are different/,
  )
  expect(code).toBe(1)
})

/** The prompts that the server was asked to continue. */
function prompts(): number[][] {
  return server.requests.flatMap(({ path, body }) =>
    path === 'asample'
      ? [body.prompt.chunks.flatMap((chunk: { tokens: number[] }) => chunk.tokens)]
      : [],
  )
}

describe('refused before anything is sampled', () => {
  const asked = (): number => server.requests.filter(({ path }) => path === 'asample').length
  test.each([
    ['ppo', [], 'ppo asks more than the engine tinker at http://127.0.0.1:', 2],
    ['ppo', [], 'It lacks classes: its critic is a token classifier', 2],
    ['pure-vr', ['--base-model', 'other'], 'no model other; it has tiny', 1],
    ['pure-vr', ['--model', 'PRM'], 'expected a language model', 2],
    ['pure-vr', ['--sampling', 'int8'], '--sampling int8 asks more than the engine tinker at', 2],
  ] as const)('%s %j', async (recipe, more, message, expected) => {
    const [run, before] = [join(tiny.folder, 'refused'), asked()]
    const given = more.map(one => (one === 'PRM' ? tiny.prm : one))
    const { code, out, err } = await train(recipe, ...flags(run), ...given)
    expect(err).toContain(message)
    expect([code, out, existsSync(run), asked()]).toEqual([expected, '', false, before])
  })

  test('another server, or other settings, contradict a run that goes on', async () => {
    const { code, err } = await train('--resume', '--run', done, '--base-model', 'x')
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('--base-model is tiny there and x here'),
    ])
  })
})
