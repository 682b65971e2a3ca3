import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fingerprintOfModel } from '../../../src/cli/prm/fingerprint.ts'
import { ConfigError } from '../../../src/errors.ts'
import { fixture } from '../commands.ts'

const folder = mkdtempSync(join(tmpdir(), 'minform-fingerprint-'))
const gguf = new URL('../../fixtures/gguf/llama.gguf', import.meta.url).pathname

test('a model folder and a GGUF file are known again elsewhere, and told from changed ones', async () => {
  for (const [model, weights] of [
    [fixture('qwen2'), 'model.safetensors'],
    [gguf, ''],
  ] as const) {
    const copy = join(folder, weights === '' ? 'other.gguf' : 'other')
    if (weights === '') copyFileSync(model, copy)
    else cpSync(model, copy, { recursive: true })
    const found = await fingerprintOfModel(model)
    expect(await fingerprintOfModel(copy)).toBe(found)
    const file = join(copy, weights)
    const bytes = readFileSync(file)
    bytes[bytes.length - 1]! ^= 1
    writeFileSync(file, bytes)
    expect(await fingerprintOfModel(copy)).not.toBe(found)
  }
})

test('what is neither is refused', async () => {
  await expect(fingerprintOfModel('/no/such')).rejects.toThrow('/no/such: cannot be read')
})

test('what of a model cannot be read is named', async () => {
  const copy = join(folder, 'broken')
  cpSync(fixture('qwen2'), copy, { recursive: true })
  symlinkSync('/no/such', join(copy, 'gone.json'))
  await expect(fingerprintOfModel(copy)).rejects.toThrow(
    `${join(copy, 'gone.json')}: cannot be read: ENOENT`,
  )
  rmSync(join(copy, 'gone.json'))
  mkdirSync(join(copy, 'folder.json'))
  await expect(fingerprintOfModel(copy)).rejects.toThrow(ConfigError)
})
