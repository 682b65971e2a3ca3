// What a Tinker server may answer: an input is a line that says what was asked, with what status and in what type, and then
// the bodies of the answers, one after another, the last again and again.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Line } from '../../src/engine/tinker/ask.ts'
import type { Dialect } from '../../src/engine/tinker/dialect.ts'
import { tinkerJson } from '../../src/engine/tinker/dialects/json.ts'
import { tinkerProto } from '../../src/engine/tinker/dialects/proto.ts'
import { numberedModel, Operations } from '../../src/engine/tinker/operations.ts'
import { serverOf } from '../../src/http/post.ts'
import type { Target } from './targets.ts'

const ids = Int32Array.of(3, 4, 5)
const learned = { ids, weights: Float32Array.of(1, 1), logprobs: Float32Array.of(-1, -2) }
const prompted = {
  ...{ sampler: 's', number: 0, ids, n: 1, seed: 1, maxTokens: 2, temperature: 1 },
  ...{ topK: null, topP: 1, stopIds: [0], promptLogprobs: true },
}
const wanted = { session: 's', number: 0, baseModel: 'b', rank: 2, seed: 1, from: null }
const step = {
  ...{ learningRate: 1e-3, beta1: 0.9, beta2: 0.95, epsilon: 1e-8 },
  ...{ weightDecay: 0, clipNorm: 1 },
}
const model = numberedModel('m')

/** Everything that is asked; what is answered is given to `fits`. */
const questions: Readonly<Record<string, (server: Operations) => Promise<unknown>>> = {
  capabilities: server => server.capabilities(),
  createSession: server => server.createSession(),
  createModel: server => server.createModel(wanted),
  score: async server => {
    const [found, ...more] = await server.score(model, [learned])
    must(more.length === 0 && found!.length === 2 && found!.every(isLogprob), 'scores')
  },
  forwardBackward: server => server.forwardBackward(model, [learned], 'cispo'),
  optimizerStep: server => server.optimizerStep(model, step),
  publish: async server => must((await server.publish(model, 0)) !== '', 'a name'),
  sample: async server => {
    const { completions, promptLogprobs } = await server.sample(prompted)
    const [one, ...more] = completions
    must(more.length === 0 && one!.ids.length === one!.logprobs.length, 'one completion')
    must(one!.ids.length > 0 && one!.ids.length <= 2 && one!.logprobs.every(isLogprob), 'tokens')
    must(promptLogprobs!.length === 2 && promptLogprobs!.every(isLogprob), 'scores of a prompt')
  },
  saveState: async server => must((await server.saveState(model, 'x')) !== '', 'a path'),
  unload: server => server.unload(model),
}

function isLogprob(value: number): boolean {
  return value <= 1e-3 && value > Number.NEGATIVE_INFINITY
}

function must(fits: boolean, what: string): void {
  if (!fits) throw new TypeError(`an answer was taken that is not what was asked for: ${what}`)
}

const seam = '\n---\n'
const types = { json: 'application/json', proto: 'application/x-protobuf', html: 'text/html' }

let answers: readonly Buffer[] = []
let answered = 0
let head = { status: 200, type: types.json }
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const body = answers[Math.min(answered++, answers.length - 1)] ?? Buffer.alloc(0)
    response.writeHead(head.status, { 'content-type': head.type }).end(body)
  })
})
let address: Promise<string> | null = null

/** Listens once; the process need not wait for it. */
function listening(): Promise<string> {
  address ??= new Promise(resolve => {
    server.listen(0, '127.0.0.1', () => {
      server.unref()
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    })
  })
  return address
}

const none = { backoffMs: 0, longestBackoffMs: 0, goneMs: 0, unpaidMs: 0, resultMs: 5 }

/** Asks what the first line says, and reads what comes. */
async function read(bytes: Buffer): Promise<void> {
  const end = bytes.indexOf('\n')
  const [asked = '', status = '', type = '', wire = ''] = bytes
    .subarray(0, Math.max(0, end))
    .toString()
    .split(' ')
  answers = parts(bytes.subarray(end + 1))
  answered = 0
  const number = Number(status)
  head = {
    status: Number.isInteger(number) && number >= 200 && number <= 599 ? number : 200,
    type: types[type as keyof typeof types] ?? types.json,
  }
  const dialect: Dialect = wire === 'proto' ? tinkerProto : tinkerJson
  const at = serverOf(await listening(), dialect.root)
  const operations = new Operations(new Line(at, none, () => {}), dialect, true)
  await (questions[asked] ?? questions.sample!)(operations)
}

function parts(bytes: Buffer): readonly Buffer[] {
  const at = bytes.indexOf(seam)
  return at < 0
    ? [bytes]
    : [bytes.subarray(0, at), ...parts(bytes.subarray(at + seam.length))].slice(0, 8)
}

function seeds(): Buffer[] {
  const sequences = [{ stop_reason: 'length', tokens: [7, 8], logprobs: [-1, -0.5] }]
  const scores = { loss_fn_outputs: [{ logprobs: { data: [-1, -2] } }] }
  const values: Readonly<Record<string, object>> = {
    capabilities: { supported_models: [{ model_name: 'b', max_context_length: 64 }] },
    createSession: { session_id: 's' },
    createModel: { model_id: 'm' },
    score: scores,
    forwardBackward: scores,
    optimizerStep: { metrics: { 'grad_norm:mean': 1.5 } },
    publish: { sampling_session_id: 's' },
    sample: { sequences, prompt_logprobs: [null, -1, -2] },
    saveState: { path: 'tinker://m/weights/x' },
    unload: {},
  }
  const promise = '{"request_id":"1"}'
  const bodies = (name: string, ...all: readonly string[]): string =>
    `${name} 200 json\n${all.join(seam)}`
  const texts = Object.entries(values).flatMap(([name, value]) => [
    bodies(name, promise, JSON.stringify(value)),
    bodies(name, JSON.stringify(value)),
    bodies(name, promise, '{"type":"try_again","queue_state":"paused"}', JSON.stringify(value)),
  ])
  const failures = ['{"detail":"model m not found"}', '{"error":"no free slot","category":"user"}']
  const failed = [400, 404, 408, 409, 429, 500, 503].flatMap(status =>
    failures.map(body => `sample ${status} json\n${body}`),
  )
  const whole = [...texts, ...failed, bodies('score', promise, failures[1]!)]
  const floats = Buffer.from(Float32Array.of(-1, -0.5).buffer)
  const drawn = Buffer.concat([
    field(
      1,
      Buffer.concat([
        varint(1, 1),
        field(2, Buffer.from(Int32Array.of(7, 8).buffer)),
        field(3, floats),
      ]),
    ),
    field(2, floats),
  ])
  const offsets = Buffer.from(BigInt64Array.of(0n, 8n).buffer)
  const tensor = Buffer.concat([field(1, floats), field(2, offsets), varint(3, 1)])
  const entry = Buffer.concat([field(1, Buffer.from('logprobs')), field(2, tensor)])
  const passed = field(2, Buffer.concat([field(2, entry), varint(3, 1)]))
  const binary = Object.entries({ sample: drawn, score: passed, forwardBackward: passed })
  return [
    ...whole.map(text => Buffer.from(text)),
    ...binary.map(([name, body]) =>
      Buffer.concat([Buffer.from(`${name} 200 proto proto\n${promise}${seam}`), body]),
    ),
  ]
}

/** A field of a protobuf message: bytes, of fewer than 128. */
function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of((number << 3) | 2, bytes.length), bytes])
}

function varint(number: number, value: number): Buffer {
  return Buffer.of(number << 3, value)
}

export const engineWire: Target = { seeds, read }
