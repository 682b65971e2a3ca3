// What a request may ask of an engine, and what opens it. A folder without weights stands for a model that a server has.

import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { projections } from '../../src/engine/hf/lora.ts'
import { ConfigError } from '../../src/errors.ts'
import { recipes } from '../../src/recipes/index.ts'
import { keyFor, policySpec, requireEngine } from '../../src/train/engine.ts'
import { requireMemory } from '../../src/train/memory.ts'
import { type SettingsInput, wholeRequest } from '../../src/train/request/request.ts'
import { fixture } from '../cli/commands.ts'

let bare: string // configuration and tokenizer
beforeAll(() => {
  bare = mkdtempSync(join(tmpdir(), 'minform-bare-'))
  const kept = (path: string): boolean => !path.endsWith('.safetensors')
  cpSync(fixture('qwen2'), bare, { recursive: true, filter: kept })
  expect(readdirSync(bare)).not.toContain('model.safetensors')
})
afterAll(() => rmSync(bare, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

const lora = { rank: 4, alpha: 8, targets: projections }
const tinker = { kind: 'tinker', url: 'http://127.0.0.1:8000', baseModel: 'org/name' } as const
const asked = (more: Partial<SettingsInput> = {}) => {
  const recipe = recipes.find(({ name }) => name === 'pure-vr')!
  const settings = { model: bare, engine: tinker, lora, ...more }
  return wholeRequest({ recipe, overrides: {}, folder: 'run', ...settings })
}

test('what opens the policy: a folder here, or a model there and its folder here', () => {
  expect(policySpec(asked({ engine: { kind: 'onnx' }, lora: null }), bare)).toEqual({
    ...{ kind: 'onnx', folder: bare, device: 'cpu', threads: 1 },
  })
  const adapted = policySpec(asked({ engine: { kind: 'onnx' }, baseType: 'int8' }), bare)
  expect(adapted).toMatchObject({ base: 'int8', lora: { rank: 4, seed: expect.any(Number) } })
  expect(policySpec(asked(), bare)).toEqual({
    ...tinker,
    ...{ folder: bare, rank: 4, seed: expect.any(Number), apiKey: null },
  })
  expect(policySpec(asked({ seed: 2 }), bare)).not.toEqual(policySpec(asked(), bare))
})

test('a key goes over TLS or to this machine, and nowhere else', () => {
  const environment = { TINKER_API_KEY: 'tml-1' }
  expect(keyFor('https://host/v1', environment)).toBe('tml-1')
  expect(keyFor('http://localhost:8000', environment)).toBe('tml-1')
  expect(keyFor('http://10.0.0.1:8000', environment)).toBeNull()
  expect(keyFor('https://host/v1', {})).toBeNull()
})

test('a model that is not here but for its description is enough for a server, not to merge into', async () => {
  await requireEngine(asked())
  await requireMemory(asked({ maxMemory: 1 }), {})
  await expect(requireEngine(asked({ merge: true }))).rejects.toThrow(
    `--merge writes the adapter into the weights of ${bare}, which are on the server and not here`,
  )
  await requireEngine(asked({ merge: true, model: fixture('qwen2') }))
})

test.each([
  [{ model: null }, 'give --model, its folder or its name, instead of --from-scratch'],
  [{ lora: null }, 'give --lora, its rank'],
  [{ engine: { ...tinker, url: 'here' } }, "'here' is no address"],
  [{ engine: { ...tinker, url: 'http://u:secret@h' } }, 'holds a user or a password'],
] as const)('%j is refused before anything is asked', async (more, message) => {
  const refused = requireEngine(asked(more))
  await expect(refused).rejects.toThrow(ConfigError)
  await expect(requireEngine(asked(more))).rejects.toThrow(message)
})

test('what a server does not hear is said', async () => {
  vi.stubEnv('TINKER_API_KEY', 'tml-1')
  const said: string[] = []
  const url = 'http://10.0.0.1:8000'
  const odd = { rank: 4, alpha: 4, targets: ['q_proj'] as const }
  const settings = { lora: odd, baseType: 'int8', device: 'webgpu' } as const
  await requireEngine(asked({ ...settings, engine: { ...tinker, url } }), line => said.push(line))
  expect(said).toEqual([
    ...['--lora-alpha', '--lora-targets', '--base-dtype', '--device'].map(
      flag => `${flag} is not for ${url}: it is left out`,
    ),
    `TINKER_API_KEY is not sent to ${url}: only over TLS, or to this machine`,
  ])
  expect(said.join()).not.toContain('tml-1')
  await requireEngine(asked({ engine: { kind: 'onnx' }, lora: odd }), line => said.push(line))
  expect(said).toHaveLength(5)
})
