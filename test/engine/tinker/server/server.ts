// A Tinker server in this process, for tests: the protocol over real HTTP, in JSON and protobuf, with a small model that
// really learns. It behaves as SkyRL was measured to, unless it is told to be another, or to misbehave.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ModelInfo } from '../../../../src/engine/engine.ts'
import { fakeEngine } from '../../../../src/engine/fake.ts'
import { type Fault, type Faults, noFaults } from './faults.ts'
import { type Datum, type SampleAsked, ServerModel, type State, sample } from './model.ts'
import { passAnswer, passOf, sampleAnswer } from './wire.ts'

export interface ServerSettings {
  readonly baseModel?: string
  readonly vocabSize?: number
  readonly maxPositions?: number
  readonly seed?: number // of the base model's weights
  readonly reduction?: 'sum' | 'mean'
  readonly snapshots?: boolean // a publication stays as it is
  readonly idempotent?: boolean
  readonly clips?: boolean
  readonly slots?: number // models at once
  readonly leadingNull?: boolean // prompt log-probabilities begin with none
  readonly json?: boolean // takes JSON for passes
  readonly gradNorm?: boolean // says the norm of a gradient
  readonly holdMs?: number // how long it holds a request for a result
  readonly archive?: Uint8Array | null // what it gives of every adapter
  readonly key?: string | null
  readonly port?: number
}

interface Training {
  readonly session: string
  readonly model: ServerModel
  loaded: string | null // the publication in its slot
  readonly seen: Map<number, { readonly body: string; readonly future: string }>
}

interface Publication {
  readonly model: string | null // null: the base
  readonly values: Float32Array
}

interface Future {
  readonly done: Promise<Answer>
  answer: Answer | null
}

type Answer =
  | { readonly kind: 'json'; readonly json: unknown }
  | { readonly kind: 'pass'; readonly logprobs: readonly Float32Array[] }
  | { readonly kind: 'sample'; readonly found: Parameters<typeof sampleAnswer>[0] }
  | { readonly kind: 'failed'; readonly status: number; readonly detail: string }

// biome-ignore lint/suspicious/noExplicitAny: bodies are whatever a client sends
type Body = any

export class TinkerServer {
  readonly info: ModelInfo
  readonly requests: { readonly path: string; readonly body: Body }[] = []
  readonly keys: (string | undefined)[] = []
  faults: Faults = noFaults
  /** Futures of these kinds never end. */
  never: RegExp | null = null
  private readonly settings: Required<ServerSettings>
  private readonly http: Server
  private readonly fresh: Float32Array
  private readonly states = new Map<string, State>() // on its disk
  private readonly sessions = new Set<string>()
  private readonly models = new Map<string, Training>()
  private readonly samplers = new Map<string, Publication>()
  private readonly published = new Set<string>() // names, each of which is used once; a restart keeps them
  private readonly futures = new Map<string, Future>()
  private queue: Promise<unknown> = Promise.resolve()
  private count = 0
  private asked = 0
  /** The largest gradient step ever taken twice would show here: steps of every model that was ever loaded. */
  steps = 0

  constructor(settings: ServerSettings) {
    this.settings = {
      ...{ baseModel: 'tabular', vocabSize: 16, maxPositions: 64, seed: 0 },
      ...{
        reduction: 'mean',
        snapshots: false,
        idempotent: true,
        clips: false,
        slots: 8,
        leadingNull: false,
      },
      ...{ json: true, gradNorm: true, holdMs: 2000, archive: null, key: null, port: 0 },
      ...settings,
    }
    const { vocabSize, maxPositions, seed } = this.settings
    const { info, table } = fakeEngine({ vocabSize, maxPositions, seed })
    this.info = info
    this.fresh = table.values.slice()
    this.http = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy())
    })
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`
  }

  listen(port = this.settings.port): Promise<void> {
    return new Promise(resolve => this.http.listen(port, '127.0.0.1', resolve))
  }

  close(): Promise<void> {
    this.http.closeAllConnections()
    return new Promise(resolve => this.http.close(() => resolve()))
  }

  /** Everything but its disk is gone. */
  restart(): void {
    this.sessions.clear()
    this.models.clear()
    this.samplers.clear()
    this.futures.clear()
    this.queue = Promise.resolve()
  }

  /** What is on its disk is gone. */
  forget(): void {
    this.states.clear()
  }

  /** Its models' weights are no numbers any more. */
  poison(): void {
    for (const { model } of this.models.values()) model.table.values.fill(Number.NaN)
  }

  /** How many models it holds. */
  get loaded(): number {
    return this.models.size
  }

  /** The names of its states, in order. */
  get saved(): string[] {
    return [...this.states.keys()]
  }

  /** The weights of its newest model: one whose unloading got lost stays until its session ends. */
  get values(): Float32Array {
    const newest = [...this.models.values()].at(-1)
    if (newest === undefined) throw new Error('no model')
    return newest.model.table.values.slice()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url!, this.url).pathname.replace(/^\/api\/v1\//, '')
    const body = Buffer.concat(await request.toArray())
    this.keys.push(request.headers['x-api-key'] as string | undefined)
    const { key } = this.settings
    if (key !== null && request.headers['x-api-key'] !== key)
      return reply(response, 401, { detail: 'Invalid API key' })
    const quiet = path === 'session_heartbeat'
    const fault = quiet ? null : this.faults(path, this.asked++)
    if (fault === 'refused connection') return void response.destroy()
    if (fault === 'too many') return reply(response, 429, { detail: 'Too many requests' })
    if (fault === 'error before') return reply(response, 500, { detail: 'Internal Server Error' })
    if (fault === 'refused') return reply(response, 422, { detail: 'told to refuse' })
    if (fault === 'restart') this.restart()
    if (fault === 'poison')
      for (const { model } of this.models.values()) model.table.gradient.fill(Number.NaN)
    const asked = {
      request,
      path,
      body: parsed(request, body),
      raw: body.toString('latin1'),
      fault,
    }
    this.requests.push({ path, body: asked.body })
    if (fault === 'doubled') await this.#answer(asked)
    const answer = await this.#answer(asked)
    if (fault === 'lost answer') return void response.destroy()
    if (fault === 'error after') return reply(response, 500, { detail: 'Internal Server Error' })
    send(response, answer, fault)
  }

  async #answer(asked: Asked): Promise<Sent> {
    try {
      return await this.#route(asked)
    } catch (error) {
      if (error instanceof Refusal) return jsonSent(error.status, { detail: error.message })
      throw error
    }
  }

  async #route(asked: Asked): Promise<Sent> {
    const { path, body, request } = asked
    switch (path) {
      case 'healthz':
        return jsonSent(200, { status: 'ok' })
      case 'get_server_capabilities':
        return jsonSent(200, { supported_models: [{ model_name: this.settings.baseModel }] })
      case 'create_session': {
        const session_id = `session_${this.#unique()}`
        this.sessions.add(session_id)
        return jsonSent(200, { type: path, session_id, info_message: null })
      }
      case 'session_heartbeat':
        return jsonSent(200, { type: path }) // also of a session that it does not know
      case 'create_sampling_session':
        return this.#samplingSession(body)
      case 'create_model':
        return this.#createModel(body)
      case 'forward':
      case 'forward_backward':
        return this.#pass(asked)
      case 'optim_step':
        return this.#numbered(asked, () => this.#step(body))
      case 'save_weights':
        return this.#save(body)
      case 'load_weights':
        return this.#load(body)
      case 'save_weights_for_sampler':
        return this.#publish(body)
      case 'asample':
        return this.#sample(asked)
      case 'unload_model':
        return this.#unload(body)
      case 'retrieve_future':
        return this.#retrieve(asked)
    }
    if (/^training_runs\/.*\/archive$/.test(path) && this.settings.archive !== null)
      return { status: 302, headers: { location: '/download' }, content: Buffer.alloc(0) }
    if (path === '/download') return bytesSent(Buffer.from(this.settings.archive!))
    if (request.method === 'DELETE') return this.#delete(path)
    throw new Refusal(404, 'Not Found')
  }

  #samplingSession({ session_id, base_model }: Body): Sent {
    if (!this.sessions.has(session_id)) throw new Refusal(404, 'Session not found')
    const sampling_session_id = `sampling_${this.#unique()}`
    if (base_model !== this.settings.baseModel) throw new Refusal(400, 'no such base')
    this.samplers.set(sampling_session_id, { model: null, values: this.fresh })
    return jsonSent(200, { type: 'create_sampling_session', sampling_session_id })
  }

  #createModel({ session_id, base_model, lora_config }: Body): Sent {
    if (!this.sessions.has(session_id)) throw new Refusal(404, 'Session not found')
    if (lora_config === undefined) throw new Refusal(422, 'lora_config: Field required')
    const model_id = `model_${this.#unique()}`
    const future = this.#future(() => {
      if (this.models.size >= this.settings.slots)
        throw new Refusal(
          400,
          `Maximum number of LoRA adapters (${this.settings.slots + 1}) reached`,
        )
      const state = { values: this.fresh, moments: null }
      const model = new ServerModel(this.info, state)
      this.models.set(model_id, { session: session_id, model, loaded: null, seen: new Map() })
      return json({ model_id, base_model, lora_config: { alpha: 32, ...lora_config } })
    })
    const { rank, seed = null } = lora_config
    const told = { model_id, base_model, lora_config: { rank, seed }, status: 'created' }
    return jsonSent(200, { ...told, request_id: future.request_id })
  }

  #pass(asked: Asked): Promise<Sent> | Sent {
    const { body, path, request } = asked
    const proto = (request.headers['content-type'] ?? '').includes('protobuf')
    if (!proto && !this.settings.json) throw new Refusal(422, 'expected protobuf')
    const forward = path === 'forward' || body.forward === true
    const input = forward ? body.forward_input : body.forward_backward_input
    const data: Datum[] = input.data.map(datumOf)
    if (data.length === 0)
      return jsonSent(
        200,
        this.#future(() => null),
      ) // waits for ever
    return this.#numbered(asked, () => {
      const { model } = this.#model(body.model_id)
      const { reduction } = this.settings
      try {
        const config = input.loss_fn_config ?? {}
        const logprobs = forward
          ? model.forward(data)
          : model.learn(data, input.loss_fn, config, reduction)
        return { kind: 'pass', logprobs }
      } catch (error) {
        throw new Refusal(400, (error as Error).message)
      }
    })
  }

  #step({ model_id, adam_params }: Body): Answer {
    const { reduction, clips, gradNorm } = this.settings
    const { model } = this.#model(model_id)
    const defaults = { beta1: 0.9, beta2: 0.95, eps: 1e-12, weight_decay: 0, grad_clip_norm: 0 }
    const norm = model.step({ ...defaults, ...adam_params }, reduction, clips)
    this.steps++
    const told = Number.isFinite(norm) ? norm : null
    return json({ metrics: gradNorm ? { 'skyrl.ai/grad_norm': told } : {} })
  }

  #save({ model_id, path }: Body): Sent {
    const where = `tinker://${model_id}/weights/${path}`
    if (this.states.has(where)) throw new Refusal(409, 'Checkpoint already exists')
    return jsonSent(
      200,
      this.#future(() => {
        this.states.set(where, this.#model(model_id).model.state())
        return json({ path: where, type: 'save_weights' })
      }),
    )
  }

  #load({ model_id, seq_id, path }: Body): Sent {
    if (seq_id !== 1) throw new Refusal(400, `LoadWeights is not permitted with seq_id ${seq_id}`)
    return jsonSent(
      200,
      this.#future(() => {
        const state = this.states.get(path)
        if (state === undefined) throw new Refusal(404, 'Checkpoint not found')
        const training = this.#model(model_id)
        const model = new ServerModel(this.info, state)
        this.models.set(model_id, { ...training, model })
        return json({ type: 'load_weights' })
      }),
    )
  }

  #publish({ model_id, path, sampling_session_seq_id, seq_id }: Body): Sent {
    const sampling_session_id = path === undefined ? `sampling_${this.#unique()}` : null
    const name = `${model_id}/${path ?? `ss${sampling_session_seq_id}_seq${seq_id}`}`
    if (this.published.has(name)) throw new Refusal(409, `Checkpoint '${name}' already exists`)
    this.published.add(name)
    return jsonSent(
      200,
      this.#future(() => {
        const { model } = this.#model(model_id)
        const values = model.table.values.slice()
        if (sampling_session_id !== null)
          this.samplers.set(sampling_session_id, { model: model_id, values })
        const where = path === undefined ? null : `tinker://${model_id}/${path}`
        return json({ path: where, type: 'save_weights_for_sampler', sampling_session_id })
      }),
    )
  }

  #sample(asked: Asked): Sent {
    const { body } = asked
    const { sampling_session_id: id, num_samples: n = 1, prompt, sampling_params: given } = body
    if (!this.samplers.has(id)) throw new Refusal(404, 'Sampling session not found')
    if (!(given.max_tokens > 0)) throw new Refusal(422, 'max_tokens')
    if (given.seed + n > 2 ** 31) throw new Refusal(400, 'int32 overflow')
    const ids = Int32Array.from(prompt.chunks.flatMap((chunk: Body) => chunk.tokens))
    const wanted: SampleAsked = {
      ...{ ids, n, seed: given.seed ?? 0, maxTokens: given.max_tokens },
      ...{ temperature: given.temperature ?? 1, topK: given.top_k ?? -1, topP: given.top_p ?? 1 },
      stop: given.stop ?? [],
    }
    const future = this.#future(() => {
      const values = this.#published(id)
      const sequences = sample(this.info, values, wanted)
      const scores = body.prompt_logprobs ? promptScores(this.info, values, ids) : null
      const prompt_logprobs =
        scores === null ? null : [...(this.settings.leadingNull ? [null] : []), ...scores]
      return { kind: 'sample', found: { sequences, prompt_logprobs } }
    }, asked)
    return jsonSent(200, future)
  }

  /** The weights of a publication. Where it is no snapshot, model and publications share one slot. */
  #published(id: string): Float32Array {
    const { model, values } = this.samplers.get(id) ?? {}
    if (values === undefined) throw new Refusal(400, `Sampler ${id} not loaded`)
    if (model === null || this.settings.snapshots) return values
    const training = this.#model(model!)
    if (training.loaded !== id) {
      training.model.table.values.set(values)
      training.loaded = id
    }
    return training.model.table.values
  }

  #unload({ model_id }: Body): Sent {
    const { request_id } = this.#future(() => {
      this.models.delete(model_id)
      return json({ model_id, status: 'unloaded', type: 'unload_model' })
    })
    return jsonSent(200, { request_id, model_id })
  }

  #delete(path: string): Sent {
    const [, model, name] = /^training_runs\/(.+)\/checkpoints\/(.+)$/.exec(path) ?? []
    if (!this.states.delete(`tinker://${model}/${name}`)) throw new Refusal(404, 'not found')
    return { status: 204, headers: {}, content: Buffer.alloc(0) }
  }

  /** Work under a number, which is done once where it comes again. */
  #numbered(asked: Asked, work: () => Answer): Sent {
    const { body, raw } = asked
    const training = this.models.get(body.model_id)
    const before = this.settings.idempotent ? training?.seen.get(body.seq_id) : undefined
    if (before !== undefined) {
      if (before.body !== raw) throw new Refusal(409, 'Training request sequence number was reused')
      return jsonSent(200, pending(before.future))
    }
    const future = this.#future(work, asked)
    training?.seen.set(body.seq_id, { body: raw, future: future.request_id })
    return jsonSent(200, future)
  }

  #model(id: string): Training {
    const training = this.models.get(id)
    if (training === undefined) throw new Refusal(400, `Model ${id} not loaded`)
    return training
  }

  /** Starts work in the order in which it came; `late` work, which nothing else waits for, after a while. */
  #future(work: () => Answer | null, asked?: Asked): ReturnType<typeof pending> {
    const id = String(++this.count)
    const never = asked !== undefined && this.never?.test(asked.path)
    const late = asked?.fault === 'late' && asked.path === 'asample'
    const run = async (): Promise<Answer> => {
      if (late) await sleep(5)
      try {
        const found = never ? null : work()
        return found ?? (await new Promise<never>(() => undefined))
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        return { kind: 'failed', status: error.status, detail: error.message }
      }
    }
    const done = late || never ? run() : this.queue.then(run)
    if (!late && !never) this.queue = Promise.race([done, sleep(0)])
    const future: Future = { done, answer: null }
    done.then(answer => {
      future.answer = answer
    })
    this.futures.set(id, future)
    return pending(id)
  }

  async #retrieve({ body, request, fault }: Asked): Promise<Sent> {
    const future = this.futures.get(body.request_id)
    if (future === undefined || fault === 'lost result') {
      this.futures.delete(body.request_id)
      throw new Refusal(404, 'Future not found')
    }
    if (fault === 'gave up') throw new Refusal(408, 'Timeout')
    if (fault === 'expired') throw new Refusal(410, 'Result expired')
    if (fault === 'broken result')
      return jsonSent(200, { error: 'worker died', category: 'server' })
    await Promise.race([future.done, sleep(this.settings.holdMs, undefined, { ref: false })])
    const { answer } = future
    if (answer === null)
      return jsonSent(200, {
        type: 'try_again',
        request_id: body.request_id,
        queue_state: 'active',
      })
    const binary = (request.headers.accept ?? '').includes('protobuf')
    return sentOf(fault === 'lie' ? lied(answer) : answer, binary)
  }

  #unique(): string {
    return (++this.count).toString(16).padStart(8, '0')
  }
}

/** A server that listens. */
export async function tinkerServer(settings: ServerSettings = {}): Promise<TinkerServer> {
  const server = new TinkerServer(settings)
  await server.listen()
  return server
}

interface Asked {
  readonly request: IncomingMessage
  readonly path: string
  readonly body: Body
  readonly raw: string
  readonly fault: Fault | null
}

interface Sent {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly content: Buffer
}

class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

function parsed({ headers }: IncomingMessage, body: Buffer): Body {
  if (body.length === 0) return {}
  if ((headers['content-type'] ?? '').includes('protobuf')) return passOf(body)
  return JSON.parse(body.toString())
}

function datumOf({ model_input, loss_fn_inputs }: Body): Datum {
  const tokens: number[] = model_input.chunks.flatMap((chunk: Body) => chunk.tokens)
  const { target_tokens, ...rest } = loss_fn_inputs
  const inputs = Object.entries(rest).map(([name, tensor]) => [
    name,
    Float32Array.from((tensor as Body).data),
  ])
  return {
    ids: Int32Array.from([...tokens, target_tokens.data.at(-1)]),
    inputs: Object.fromEntries(inputs),
  }
}

function promptScores(info: ModelInfo, values: Float32Array, ids: Int32Array): number[] {
  const model = new ServerModel(info, { values, moments: null })
  return [...model.table.scores(ids).logprobs]
}

function pending(id: string) {
  return { future_id: id, status: 'pending', request_id: id }
}

function json(value: unknown): Answer {
  return { kind: 'json', json: value }
}

/** The same answer in another shape. */
function lied(answer: Answer): Answer {
  if (answer.kind === 'pass') return { ...answer, logprobs: answer.logprobs.map(x => x.slice(1)) }
  if (answer.kind !== 'sample') return json({ nonsense: true })
  const { sequences } = answer.found
  return { ...answer, found: { ...answer.found, sequences: sequences.slice(1) } }
}

function sentOf(answer: Answer, binary: boolean): Sent {
  if (answer.kind === 'failed') return jsonSent(answer.status, { detail: answer.detail })
  if (answer.kind === 'json') return jsonSent(200, answer.json)
  if (binary)
    return bytesSent(
      answer.kind === 'pass' ? passAnswer(answer.logprobs) : sampleAnswer(answer.found),
      'application/x-protobuf',
    )
  if (answer.kind === 'sample')
    return jsonSent(200, { ...answer.found, topk_prompt_logprobs: null })
  const outputs = answer.logprobs.map(logprobs => ({
    logprobs: {
      data: Array.from(logprobs, x => (Number.isFinite(x) ? x : null)),
      dtype: 'float32',
      shape: [logprobs.length],
    },
  }))
  return jsonSent(200, { loss_fn_output_type: 'scalar', loss_fn_outputs: outputs, metrics: {} })
}

function jsonSent(status: number, value: unknown): Sent {
  const headers = { 'content-type': 'application/json' }
  return { status, headers, content: Buffer.from(JSON.stringify(value)) }
}

function bytesSent(content: Buffer, type = 'application/octet-stream'): Sent {
  return { status: 200, headers: { 'content-type': type }, content }
}

function reply(response: ServerResponse, status: number, value: unknown): void {
  send(response, jsonSent(status, value), null)
}

function send(response: ServerResponse, { status, headers, content }: Sent, fault: Fault | null) {
  const cut = fault === 'cut answer' && content.length > 1
  const body = fault === 'garbage' ? Buffer.from('<html>oops') : content
  if (status !== 204) response.setHeader('content-length', body.length)
  response.writeHead(status, headers)
  if (!cut) return void response.end(body)
  response.write(body.subarray(0, body.length >> 1))
  setImmediate(() => response.destroy())
}
