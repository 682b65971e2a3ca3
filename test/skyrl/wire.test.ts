import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openOnnxEngine } from '../../src/engine/onnx/open.ts'
import { close, sequences } from '../engine/subject.ts'
import { writeModels } from './models.ts'
import { python, RealServer } from './server.ts'

// Plain requests, without the engine's own client: what it is built on is there, and the model is the one that was written.

let folder: string
let server: RealServer

describe.skipIf(python === null)('SkyRL answers', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'minform-models-'))
    await writeModels(folder)
    server = await RealServer.start(join(folder, 'tiny'))
  }, 120_000)
  afterAll(async () => {
    await server.close()
    await rm(folder, { recursive: true })
  })

  test('a model that minform wrote scores as it does here', async () => {
    const { supported_models } = await asked('get_server_capabilities')
    expect(supported_models).toEqual([{ model_name: server.model }])
    const { session_id } = await asked('create_session', { tags: [], sdk_version: 'minform' })
    const { model_id } = await future('create_model', {
      ...{ session_id, model_seq_id: 0, base_model: server.model },
      lora_config: { rank: 8, seed: 1 },
    })
    const engine = await openOnnxEngine(server.model, { threads: 1 })
    const all = sequences(engine, 9, 14)
    const local = await engine.score(all)
    await engine.close()
    const data = all.map(ids => ({
      model_input: { chunks: [{ type: 'encoded_text', tokens: [...ids.subarray(0, -1)] }] },
      loss_fn_inputs: {
        target_tokens: { data: [...ids.subarray(1)], dtype: 'int64' },
        weights: { data: Array(ids.length - 1).fill(1), dtype: 'float32' },
      },
    }))
    const forward_input = { data, loss_fn: 'cross_entropy' }
    const { loss_fn_outputs } = await future('forward', { model_id, seq_id: 1, forward_input })
    for (const [i, { logprobs }] of local.entries())
      close(loss_fn_outputs[i].logprobs.data, logprobs, 1e-4)
  }, 300_000)
})

// biome-ignore lint/suspicious/noExplicitAny: what a server sends has any shape
type Answer = any

async function asked(path: string, body?: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  const post = { method: 'POST', headers, body: JSON.stringify(body) }
  const response = await fetch(`${server.url}/api/v1/${path}`, body && post)
  expect(response.status, path).toBe(200)
  return response.json()
}

async function future(path: string, body: object): Promise<Answer> {
  const { request_id } = await asked(path, body)
  return asked('retrieve_future', { request_id })
}
