import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openOnnxEngine } from '../../src/engine/onnx/open.ts'
import { baseEntry } from '../../src/hub/adapter-base.ts'
import { findModel } from '../../src/hub/find-model.ts'
import { fixture } from '../cli/commands.ts'
import { firstCommit, type HubServer, hubServer } from './hub-server.ts'

let hub: HubServer
let home: string
beforeEach(async () => {
  hub = await hubServer(fixture('qwen2'))
  home = mkdtempSync(join(tmpdir(), 'minform-hub-'))
  vi.stubEnv('HF_HOME', join(home, 'hf'))
  vi.stubEnv('HF_ENDPOINT', hub.url)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await hub.close()
  rmSync(home, { recursive: true })
})

async function savedAdapter(base: string): Promise<string> {
  const folder = join(home, 'adapter')
  const engine = await openOnnxEngine(base, { lora: { rank: 2 } })
  await engine.save(folder, { merge: false })
  await engine.close()
  return folder
}

async function opens(folder: string): Promise<void> {
  const engine = await openOnnxEngine(folder)
  expect(engine.info.architecture).toBe('qwen2')
  await engine.close()
}

test('an adapter names its base by its name on the Hub, and finds it again', async () => {
  const folder = await savedAdapter((await findModel('tiny/model')).path)
  const config = JSON.parse(readFileSync(join(folder, 'adapter_config.json'), 'utf8'))
  expect(config).toMatchObject({ base_model_name_or_path: 'tiny/model', revision: firstCommit })
  await opens(folder)

  rmSync(process.env.HF_HOME!, { recursive: true })
  await expect(openOnnxEngine(folder)).rejects.toThrow('tiny/model is not on this machine')
  hub.asked.length = 0
  expect(await findModel(folder)).toEqual({ path: folder, name: folder })
  expect(hub.asked.length).toBeGreaterThan(3)
  await opens(folder)
})

test('an adapter that lies on the Hub itself', async () => {
  const folder = await savedAdapter(fixture('qwen2'))
  const adapters = await hubServer(folder, 'tiny/adapter')
  vi.stubEnv('HF_ENDPOINT', adapters.url)
  try {
    await opens((await findModel('tiny/adapter')).path)
    expect((await findModel(`tiny/adapter@${firstCommit}`)).path).toContain(firstCommit)
  } finally {
    await adapters.close()
  }
})

test('a base that cannot be had is named with the adapter', async () => {
  const folder = await savedAdapter(fixture('qwen2'))
  const config = { base_model_name_or_path: 'tiny/other', peft_type: 'LORA' }
  writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify(config))
  const message = `${folder} is an adapter of tiny/other; 127.0.0.1`
  await expect(findModel(folder)).rejects.toThrow(message)
})

test.each([
  ['/c/models--a--b/snapshots/x', '/c/models--a--b/snapshots/x', null], // no commit
  [`/c/models--a--b/snapshots/${firstCommit}`, 'a/b', firstCommit],
  [`/c/models--a--b-c/snapshots/${firstCommit}/m.gguf`, null, null], // a file of it has no such name
  ['/models/b', '/models/b', null],
  [null, null, null],
])('the base at %s', (path, named, revision) => {
  const expected = { base_model_name_or_path: named ?? path, revision }
  expect(baseEntry(path)).toEqual(expected)
})
