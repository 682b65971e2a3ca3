// A model that another server holds, as vLLM and what speaks its routes offer it: where it is, what it is called there,
// and whether it is the model of a folder here, of which only the configuration and the tokenizer are read.

import { ConfigError, EngineError } from '../../errors.ts'
import { isPrivate } from '../../http/address.ts'
import { type Asker, asker, type Patience, type Question, type Read } from '../../http/ask.ts'
import { type Server, serverOf } from '../../http/post.ts'
import type { Tokenizer } from '../../tokenizer/tokenizer.ts'

/** Where a model is served. */
export interface Served extends Patience {
  readonly url: string // of the server, with or without /v1; as src/http/address.ts has it
  readonly model: string | null // its name there; null: the only one that is served
  readonly apiKey?: string | null | undefined // a bearer token; default null: none is sent
}

export interface Connection {
  readonly shown: string // the address, for people
  readonly model: string
  readonly maxLength: number // tokens of a request with its answer, as far as the server says; else infinite
  /** Posts JSON and reads the answer; asks again what fails for now. Throws EngineError where nothing came. */
  ask<T>(question: Asking<T>): Promise<T>
  requests: Asker['requests']
}

export interface Asking<T> {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>> // beside the model's name
  /** Makes something of an answer; null: it is none, and asked for again. What lies is an EngineError. */
  readonly read: (json: unknown) => T | null
  readonly signal?: AbortSignal | undefined
}

const largest = 64 * 2 ** 20 // bytes of an answer: log-probabilities of a million tokens

/** What a served model is held against. */
export interface Own {
  readonly folder: string
  readonly tokenizer: Tokenizer
}

/**
 * Finds a model on a server. Throws ConfigError where the server does not serve it, or reads texts as other tokens than the
 * tokenizer here, and EngineError where it cannot be asked. `say` is told what could not be compared.
 */
export async function connect(
  served: Served,
  { folder, tokenizer }: Own,
  { say, signal }: { say: (line: string) => void; signal?: AbortSignal | undefined },
): Promise<Connection> {
  const server = serverOf(withoutVersion(served.url), '', served.apiKey)
  const fail = (what: string): EngineError => new EngineError(what)
  const asking = asker(server, served, { fail, largest })
  const { shown } = server
  if (served.apiKey && !isPrivate(server.url))
    say(`the key goes to ${shown} unencrypted: whoever is on the way can read it`)
  const { model, maxLength } = await modelOf(asking, server, served.model, signal)
  const tokens = await tokensThere(asking, { model, text: probeOf(tokenizer) }, signal)
  if (tokens === null)
    say(`${shown} has no /tokenize: whether ${model} has the tokenizer of ${folder} is not known`)
  else requireSame(tokens.ids, tokenizer, `${model} at ${shown}`, folder)
  return {
    ...{ shown, model },
    maxLength: Math.min(maxLength, tokens?.maxLength ?? Number.POSITIVE_INFINITY),
    ask: question => askOne(asking, server, model, question),
    requests: asking.requests,
  }
}

/** Turns an error of a first question into one that says how what is asked for is served. */
export function servedBy(how: string): (error: unknown) => never {
  return error => {
    if (!(error instanceof EngineError)) throw error
    throw new EngineError(`${error.message}; ${how}`, { cause: error })
  }
}

/** An address without the version that clients of OpenAI's routes have in theirs: not all routes are below it. */
function withoutVersion(url: string): string {
  return url.replace(/\/v1\/?(?=$|\?)/, '')
}

async function askOne<T>(
  asking: Asker,
  { shown }: Server,
  model: string,
  { path, body, read, signal }: Asking<T>,
): Promise<T> {
  const question = { path, body: JSON.stringify({ model, ...body }), signal }
  const found = await asking.ask(question, text => reading(text, read, `${shown}, ${path}`))
  if (found.missing === null) return found.value
  const said = found.said === '' ? '' : `: ${found.said}`
  throw new EngineError(`${shown}, ${path}: ${found.missing}${said}; all attempts failed`)
}

function reading<T>(text: string, read: (json: unknown) => T | null, where: string): Read<T> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    if (/[[:,]\s*-?(NaN|Infinity)\b/.test(text))
      throw new EngineError(`${where}: the answer holds a NaN: the model there computes no numbers`)
    return { failed: 'a cut answer' }
  }
  const value = read(json)
  return value === null ? { failed: 'not an answer' } : { value }
}

type Listed = { readonly id: string; readonly max_model_len?: unknown }

async function modelOf(
  asking: Asker,
  { shown }: Server,
  wanted: string | null,
  signal: AbortSignal | undefined,
): Promise<{ readonly model: string; readonly maxLength: number }> {
  const listed = await jsonOf(asking, { path: 'v1/models', body: null, maybe: true, signal }, shown)
  const list = (listed as { data?: unknown } | null)?.data
  const models = (Array.isArray(list) ? list : []).filter(
    (one): one is Listed => typeof one?.id === 'string',
  )
  const names = models.map(({ id }) => id)
  const found = wanted === null ? models[0] : models.find(({ id }) => id === wanted)
  const unknown = Number.POSITIVE_INFINITY
  if (wanted !== null && listed === null) return { model: wanted, maxLength: unknown }
  if (found === undefined && wanted !== null)
    throw new ConfigError(`${shown} serves no ${wanted}; there is ${names.join(', ') || 'nothing'}`)
  if (found === undefined)
    throw new ConfigError(`${shown} does not say what it serves; give the model's name there`)
  if (wanted === null && models.length > 1)
    throw new ConfigError(
      `${shown} serves ${models.length} models: ${names.join(', ')}; name one of them`,
    )
  const most = found.max_model_len
  return { model: found.id, maxLength: typeof most === 'number' && most > 0 ? most : unknown }
}

async function tokensThere(
  asking: Asker,
  { model, text }: { readonly model: string; readonly text: string },
  signal: AbortSignal | undefined,
): Promise<{ readonly ids: readonly number[]; readonly maxLength: number } | null> {
  const body = JSON.stringify({ model, prompt: text, add_special_tokens: false })
  const json = await jsonOf(asking, { path: 'tokenize', body, maybe: true, signal }, 'tokenize')
  const { tokens, max_model_len: most } = (json ?? {}) as Readonly<Record<string, unknown>>
  if (!Array.isArray(tokens)) return null
  return { ids: tokens, maxLength: typeof most === 'number' ? most : Number.POSITIVE_INFINITY }
}

/** What comes of a question about the server; null where it does not answer that one. */
async function jsonOf(asking: Asker, question: Question, where: string): Promise<unknown> {
  const found = await asking.ask(question, text => reading(text, json => json ?? {}, where))
  return found.value
}

/** A text that tells tokenizers apart: of everyday mathematics where the vocabulary spells it, else of its first tokens. */
function probeOf(tokenizer: Tokenizer): string {
  const usual = 'What is (3 + 4) * 2?\n\nFirst, 3 + 4 = 7; so x = 7 \\times 2 = 14.\n\n\\boxed{14}'
  try {
    if (tokenizer.decode(tokenizer.encode(usual)) === usual) return usual
  } catch {} // a letter that the vocabulary lacks
  const { bytes, starts } = tokenizer.tokenBytes()
  const spelling = [...starts.keys()].filter(
    id => id < starts.length - 1 && isText(bytes.subarray(starts[id]!, starts[id + 1]!)),
  )
  return tokenizer.decode(spelling.slice(0, 64))
}

/** Whether bytes are printable ASCII, which joins to text whatever comes next. */
function isText(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.every(byte => byte >= 0x20 && byte < 0x7f)
}

function requireSame(
  there: readonly number[],
  tokenizer: Tokenizer,
  name: string,
  folder: string,
): void {
  const here = tokenizer.encode(probeOf(tokenizer))
  const at = Math.max(here.length, there.length) // index of the first difference
  const first = Array.from({ length: at }, (_, i) => i).find(i => here[i] !== there[i])
  if (first === undefined) return
  throw new ConfigError(
    `${name} has another tokenizer than ${folder}: token ${first} of a text is ${here[first] ?? 'none'} here ` +
      `and ${there[first] ?? 'none'} there; name the folder of the model that is served`,
  )
}
