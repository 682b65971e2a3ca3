import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../../../src/engine/hf/config-file.ts'
import { adapterTable, readAdapter, writeAdapter } from '../../../src/engine/hf/lora.ts'
import { filesOf } from '../../../src/engine/tinker/tar.ts'
import { DataError } from '../../../src/errors.ts'
import { normal, random } from '../../../src/numbers/random.ts'
import { openOn, serve } from './subject.ts'

const base = new URL('../../fixtures/hf/qwen3', import.meta.url).pathname

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'minform-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

/** A file of an archive, as tar lays it out. */
function entry(name: string, content: Uint8Array, kind = '0'): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write(content.length.toString(8).padStart(11, '0'), 124)
  header.write('        ', 148)
  header.write(kind, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const room = Buffer.alloc(-content.length & 511)
  return Buffer.concat([header, content, room])
}

const end = Buffer.alloc(1024)

test('an adapter that a server gives is mended, so that what reads adapters reads it', async () => {
  const folder = await temporary()
  const config = await readConfig(base)
  const lora = { rank: 4, alpha: 32, targets: ['q_proj', 'up_proj'] }
  const draw = random(1, 'adapter')
  const size = adapterTable(config, lora).reduce((sum, one) => sum + one.size, 0)
  const values = Float32Array.from({ length: size }, () => normal(draw))
  const given = join(folder, 'given')
  const options = { base: null, dtype: 'float32' } as const
  await writeAdapter(given, { config, lora, values }, options, async () => {})
  const weights = await readFile(join(given, 'adapter_model.safetensors'))
  // as SkyRL was seen to write it
  const bare = { peft_type: 'LORA', r: 4, lora_alpha: 32, target_modules: null }
  const archive = gzipSync(
    Buffer.concat([
      entry('./', Buffer.alloc(0), '5'),
      entry('./adapter_config.json', Buffer.from(JSON.stringify(bare))),
      entry('././@LongLink', Buffer.from('./adapter_model.safetensors\0'), 'L'),
      entry('./cut', weights),
      end,
    ]),
  )
  const server = await serve({ archive })
  const engine = await openOn(server)
  const saved = join(folder, 'saved')
  await engine.save(saved, { merge: false, base })
  expect((await readdir(saved)).sort()).toEqual([
    'adapter_config.json',
    'adapter_model.safetensors',
    'tinker.json',
  ])
  const json = JSON.parse(await readFile(join(saved, 'adapter_config.json'), 'utf8'))
  expect(json).toMatchObject({
    ...{ target_modules: ['q_proj', 'up_proj'], base_model_name_or_path: base },
    ...{ bias: 'none', task_type: 'CAUSAL_LM' },
  })
  expect(await readAdapter(saved, config)).toEqual({ lora, values })
  const refused = engine.restore(saved)
  await expect(refused).rejects.toThrow(DataError)
  await expect(refused).rejects.toThrow('saved without its optimizer')
  await engine.close()
})

test('a server without archives leaves the state alone, and what was there before goes', async () => {
  const folder = await temporary()
  await mkdir(join(folder, 'a'))
  await writeFile(join(folder, 'a', 'adapter_config.json'), '{}')
  await writeFile(join(folder, 'a', 'notes'), 'mine')
  const server = await serve()
  const engine = await openOn(server)
  await engine.save(join(folder, 'a'), { merge: false, optimizer: true })
  expect((await readdir(join(folder, 'a'))).sort()).toEqual(['notes', 'tinker.json'])
  const state = JSON.parse(await readFile(join(folder, 'a', 'tinker.json'), 'utf8'))
  expect(state).toMatchObject({
    ...{ server: server.url, base_model: 'tabular', rank: 4, version: 0, optimizer: true },
    state: server.saved.at(-1),
  })
  await engine.close()
})

test('archives that are cut or none', () => {
  const whole = Buffer.concat([entry('a/b.json', Buffer.from('{}')), end])
  expect([...filesOf(whole).keys()]).toEqual(['b.json'])
  expect(() => filesOf(whole.subarray(0, 513))).toThrow(DataError)
  expect(() => filesOf(Buffer.from('no archive, whatever its length is'.repeat(40)))).toThrow(
    'is damaged or cut',
  )
  expect(() => filesOf(gzipSync(whole).subarray(0, 40))).toThrow(DataError)
})
