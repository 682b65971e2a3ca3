// A real HTTP server on this machine that speaks vLLM's routes, with a real model behind them; it misbehaves as it is told.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Completion, Engine } from '../../../src/engine/engine.ts'
import type { Tokenizer } from '../../../src/tokenizer/tokenizer.ts'

/** What a request said. */
export interface Asked {
  readonly call: number // from 0, of its path
  readonly path: string
  readonly body: Body
  readonly headers: IncomingHttpHeaders
}

interface Body {
  readonly model?: string
  readonly input?: readonly (readonly number[])[]
  readonly use_activation?: boolean
  readonly prompt?: readonly number[] | string
  readonly n?: number
  readonly seed?: number
  readonly max_tokens?: number
  readonly temperature?: number
  readonly top_p?: number
  readonly top_k?: number
  readonly stop_token_ids?: readonly number[]
  readonly stop?: readonly string[]
  readonly prompt_logprobs?: number
  readonly logprob_token_ids?: readonly number[]
  readonly return_token_ids?: boolean
}

/** What goes wrong with an answer: a status instead, no answer, half of it, a late one, or another one. */
export type Fault =
  | { readonly status: number; readonly retryAfter?: string }
  | 'close'
  | 'hang'
  | 'cut'
  | { readonly after: number } // milliseconds
  // biome-ignore lint/suspicious/noExplicitAny: whatever is answered
  | { readonly lie: (answer: any) => unknown }
  | { readonly raw: string }

export interface ModelServerOptions {
  readonly name?: string // default 'model'
  readonly names?: readonly string[] // default that one
  readonly tokenizer?: Tokenizer | null // of /tokenize; null: there is no such path; default the tokenizer
  readonly stepTag?: number // STEP pooling; default ALL
  readonly activates?: boolean // always, whatever is asked for; default false
  readonly key?: string // asked for below /v1 alone
  readonly maxLength?: number
  readonly tokenIds?: boolean // whether completions have their tokens; default true
  readonly tells?: boolean // how likely tokens are that are asked for, as newer servers do; default true
  fault?(asked: Asked): Fault | null
}

export interface ModelServer {
  readonly url: string
  readonly asked: Asked[]
  mostAtOnce(): number
  close(): Promise<void>
}

/** Serves a model; closing the server leaves the model open. */
export async function modelServer(
  engine: Engine,
  tokenizer: Tokenizer,
  options: ModelServerOptions = {},
): Promise<ModelServer> {
  const { name = 'model', names = [name], key, fault = () => null } = options
  await engine.spell(tokenizer.tokenBytes())
  const asked: Asked[] = []
  let [open, most] = [0, 0]
  const server = createServer(async (request, response) => {
    most = Math.max(most, ++open)
    response.on('close', () => open--)
    let text = ''
    for await (const chunk of request) text += chunk
    const path = request.url ?? ''
    const body: Body = text === '' ? {} : JSON.parse(text)
    const call = asked.filter(one => one.path === path).length
    const one: Asked = { call, path, body, headers: request.headers }
    asked.push(one)
    const wrong = fault(one)
    if (wrong === 'hang') return
    if (wrong === 'close') return void response.destroy()
    if (wrong !== null && typeof wrong === 'object' && 'status' in wrong)
      return refuse(response, wrong.status, 'told to', wrong.retryAfter)
    if (key !== undefined && path.startsWith('/v1'))
      if (request.headers.authorization !== `Bearer ${key}`)
        return refuse(response, 401, 'Unauthorized')
    if (body.model !== undefined && !names.includes(body.model))
      return refuse(response, 404, `The model \`${body.model}\` does not exist.`)
    const answer = await answerTo(one, engine, tokenizer, { ...options, names })
    if (answer === null) return refuse(response, 404, 'Not Found')
    if ('refused' in answer) return refuse(response, 400, String(answer.refused))
    if (wrong !== null && typeof wrong === 'object' && 'after' in wrong)
      await new Promise(resolve => setTimeout(resolve, wrong.after))
    const lying = wrong !== null && typeof wrong === 'object' && 'lie' in wrong
    const whole =
      wrong !== null && typeof wrong === 'object' && 'raw' in wrong
        ? wrong.raw
        : JSON.stringify(lying ? wrong.lie(answer) : answer)
    response.end(wrong === 'cut' ? whole.slice(0, whole.length / 2) : whole)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    mostAtOnce: () => most,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function refuse(response: ServerResponse, status: number, message: string, retryAfter?: string) {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
  response.writeHead(status, headers).end(JSON.stringify({ error: { message, code: status } }))
}

type Answer = Readonly<Record<string, unknown>>

async function answerTo(
  { path, body }: Asked,
  engine: Engine,
  tokenizer: Tokenizer,
  options: ModelServerOptions & { readonly names: readonly string[] },
): Promise<Answer | null> {
  const { head } = engine.info
  const maxLength = options.maxLength ?? engine.info.maxPositions
  if (path === '/v1/models')
    return { object: 'list', data: options.names.map(id => ({ id, max_model_len: maxLength })) }
  if (path === '/tokenize' && options.tokenizer !== null) {
    const tokens = [...(options.tokenizer ?? tokenizer).encode(body.prompt as string)]
    return { count: tokens.length, max_model_len: maxLength, tokens, token_strs: null }
  }
  const ids = Int32Array.from((path === '/pooling' ? body.input?.[0] : body.prompt) as number[])
  const strange = ids.find(id => id >= engine.info.vocabSize)
  if (strange !== undefined) return { refused: `Token id ${strange} is out of vocabulary` }
  if (ids.length > maxLength) return { refused: `maximum context length is ${maxLength} tokens` }
  if (path === '/pooling' && head === 'token-classification')
    return pooled(ids, body, engine, options)
  if (path === '/v1/completions' && head === 'language-model')
    return completed(ids, body, engine, tokenizer, options)
  return null
}

async function pooled(
  ids: Int32Array,
  { use_activation }: Body,
  engine: Engine,
  { stepTag, activates = false }: ModelServerOptions,
): Promise<Answer> {
  const { classes } = engine.info
  const [logits] = await engine.classify([ids])
  const rows = [...ids.keys()]
    .filter(t => stepTag === undefined || ids[t] === stepTag)
    .map(t => [...logits!.subarray(t * classes, (t + 1) * classes)])
  const active = activates || use_activation === true
  return { data: [{ index: 0, object: 'pooling', data: active ? rows.map(softmax) : rows }] }
}

function softmax(row: readonly number[]): number[] {
  if (row.length === 1) return [1 / (1 + Math.exp(-row[0]!))]
  const all = row.reduce((sum, logit) => sum + Math.exp(logit), 0)
  return row.map(logit => Math.exp(logit) / all)
}

async function completed(
  ids: Int32Array,
  body: Body,
  engine: Engine,
  tokenizer: Tokenizer,
  { tokenIds = true, tells = true }: ModelServerOptions,
): Promise<Answer> {
  const { n = 1, seed = 0, max_tokens = 16, temperature = 1, stop_token_ids = [] } = body
  const greedy = temperature === 0
  const options = {
    ...{ maxTokens: max_tokens, stopIds: [...stop_token_ids, tokenizer.eosId], greedy },
    ...(body.stop && { stopStrings: body.stop }),
    ...(!greedy && { temperature, topP: body.top_p ?? 1 }),
    ...(body.top_k !== undefined && body.top_k > 0 && { topK: body.top_k }),
  }
  const [completions] = await engine.sample([{ ids, n, seed }], options)
  const [scores] = body.prompt_logprobs === undefined ? [] : await engine.score([ids])
  const entry = (logprob: number, i: number) => ({ [ids[i + 1]!]: { logprob, rank: 1 } })
  const prompt_logprobs = scores ? [null, ...Array.from(scores.logprobs, entry)] : null
  const asked = tells ? body.logprob_token_ids : undefined
  const after = asked && (await engine.score(asked.map(id => Int32Array.from([...ids, id]))))
  const likely = after?.map(({ logprobs }, i) => [`token_id:${asked![i]}`, logprobs.at(-1)])
  return {
    choices: completions!.map((one, index) => ({
      ...choiceOf(one, tokenizer, tokenIds),
      ...(likely && { logprobs: { top_logprobs: [Object.fromEntries(likely)] } }),
      ...{ index, prompt_logprobs },
    })),
  }
}

function choiceOf(
  { ids, logprobs_T, stop, stopString }: Completion,
  tokenizer: Tokenizer,
  tokenIds: boolean,
) {
  const text = tokenizer.decode(stop === 'stop' && stopString === null ? ids.subarray(0, -1) : ids)
  const own = { token_ids: [...ids], logprobs: { token_logprobs: [...logprobs_T] } }
  return { text, finish_reason: stop, stop_reason: stopString, ...(tokenIds && own) }
}
