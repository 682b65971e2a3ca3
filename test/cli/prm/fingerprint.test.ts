import { copyFileSync, cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fingerprintOfModel } from '../../../src/cli/prm/fingerprint.ts'
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
