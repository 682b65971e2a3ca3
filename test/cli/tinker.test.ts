// A run on a server of the Tinker protocol, as commands do it: the server is one of this process, over HTTP.

import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { readConfig } from '../../src/engine/hf/config-file.ts'
import { readRun } from '../../src/runs/reader.ts'
import {
  type ServerSettings,
  type TinkerServer,
  tinkerServer,
} from '../engine/tinker/server/server.ts'
import { tinyModels, train } from './train-subject.ts'

let tiny: Awaited<ReturnType<typeof tinyModels>>
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
})
afterAll(async () => {
  for (const one of servers) await one.close()
  tiny.remove()
})
afterEach(() => vi.unstubAllEnvs())

const flags = (run: string, url = server.url): string[] => [
  ...['--problems', tiny.problems, '--run', run, '--model', policy],
  ...['--engine', 'tinker', '--url', url, '--base-model', 'tiny', '--lora', '4'],
  ...['--iterations', '3', '--batch', '4', '--max-tokens', '16', '--eval-every', '2'],
  ...['--checkpoint-every', '1', '--seed', '5', '--threads', '1', '--learning-rate', '0.05'],
]

describe('a run', () => {
  test('fills its folder; the key is sent to this machine, and kept nowhere', async () => {
    vi.stubEnv('TINKER_API_KEY', 'tml-secret')
    const run = join(tiny.folder, 'run')
    const { code, out, err } = await train('pure-vr', ...flags(run))
    expect(err).toContain('tinker: it does not clip gradients')
    expect([code, out]).toEqual([0, expect.stringContaining('after 3 iterations')])
    const reader = readRun(run)
    expect(reader.metrics()).toHaveLength(3)
    expect(reader.metrics()[0]).not.toHaveProperty('update/entropy')
    expect(reader.config()).toMatchObject({
      engine: { kind: 'tinker', url: server.url, baseModel: 'tiny' },
    })
    expect(new Set(server.keys)).toEqual(new Set(['tml-secret']))
    const files = readdirSync(run, { recursive: true, encoding: 'utf8' })
    const texts = files.filter(name => /jsonl?$/.test(name))
    for (const name of texts)
      expect(readFileSync(join(run, name), 'utf8')).not.toContain('tml-secret')
  })
})
