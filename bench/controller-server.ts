// A server of the Tinker protocol that answers at once: samples are answers that were made before, log-probabilities are made
// up. What it takes is measured in no bench, only what it makes its client do.

import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const [file = '', sampleMs = '0', learnMs = '0'] = process.argv.slice(2)
const samples = JSON.parse(readFileSync(file, 'utf8')) as string[] // answers to requests for samples
const ready = samples.map(text => Buffer.from(text))
const results = new Map<string, { readonly body: Buffer; readonly at: number }>()
const columns = new Map<number, string>() // made-up log-probabilities, by how many
let last = 0

function columnOf(length: number): string {
  const known = columns.get(length)
  if (known !== undefined) return known
  const made = Array.from({ length }, (_, i) => Math.fround(-0.01 - ((i * 7919) % 997) / 400))
  const text = `{"logprobs":{"data":${JSON.stringify(made)},"dtype":"float32","shape":[${length}]}}`
  columns.set(length, text)
  return text
}

/** The lengths of a pass's sequences, found without reading its numbers. */
function lengthsOf(text: string): number[] {
  return [
    ...text.matchAll(/"target_tokens":\{"data":\[[^\]]*\],"dtype":"int64","shape":\[(\d+)\]/g),
  ].map(m => Number(m[1]))
}

function answerOf(path: string, text: string): object | Buffer {
  if (path === 'get_server_capabilities')
    return { supported_models: [{ model_name: 'made', max_context_length: 8192 }] }
  if (path === 'create_session') return { session_id: 'session' }
  if (path === 'session_heartbeat') return {}
  if (path === 'create_sampling_session') return { sampling_session_id: `base-${++last}` }
  if (path === 'retrieve_future') return results.get(JSON.parse(text).request_id)!.body
  const id = `future-${++last}`
  const keep = (body: object | Buffer, ms = 0): object => {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
    results.set(id, { body: bytes, at: performance.now() + ms })
    return { request_id: id }
  }
  if (path === 'asample') return keep(ready[last % ready.length]!, Number(sampleMs))
  if (path === 'create_model') return keep({ model_id: 'model' })
  if (path === 'optim_step') return keep({ metrics: { 'grad_norm:mean': 0.5 } })
  if (path === 'save_weights')
    return keep({ path: `tinker://model/weights/${JSON.parse(text).path}` })
  if (path === 'save_weights_for_sampler') return keep({ sampling_session_id: `sampler-${id}` })
  if (path === 'forward' || path === 'forward_backward')
    return keep(
      Buffer.from(`{"loss_fn_outputs":[${lengthsOf(text).map(columnOf).join(',')}]}`),
      Number(learnMs),
    )
  return keep({})
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const server = createServer(async (request, response) => {
  const text = await bodyOf(request)
  const path = request.url!.split('/').at(-1)!
  if (path === 'retrieve_future') {
    const id = JSON.parse(text).request_id as string
    const wait = (results.get(id)?.at ?? 0) - performance.now()
    if (wait > 0) await sleep(wait)
  }
  const answer = answerOf(path, text)
  if (path === 'retrieve_future') results.delete(JSON.parse(text).request_id)
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(Buffer.isBuffer(answer) ? answer : JSON.stringify(answer))
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address() as { port: number }
  process.send!(address.port)
})
process.on('disconnect', () => process.exit(0))
