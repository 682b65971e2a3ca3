// A Hugging Face tokenizer as the product's Tokenizer. Encoding is the library's; decoding
// is ours, from bytes kept per id, so that the text of every single token is known exactly.

import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers'
import { z } from 'zod'
import { parseRow } from '../data/row.ts'
import { DataError } from '../errors.ts'
import { jsonOf, type ModelSource, modelSource } from '../model-source/model-source.ts'
import { bytesText, textBytes, unfinished } from './byte-level.ts'
import { type Exact, exact } from './exactness.ts'
import { decoderSchema, type Spelling, spellingOf } from './spelling.ts'
import type { TokenBytes, Tokenizer } from './tokenizer.ts'
import { type Encoding, watched } from './watched.ts'

/** A Tokenizer that also knows every id that ends a text (a model may have several). */
export interface LoadedTokenizer extends Tokenizer {
  readonly stopIds: readonly number[]
  readonly bosId: number | null // of the token that begins a text, where the tokenizer has one
  readonly specials: ReadonlyMap<string, number> // ids of special tokens, by how they are written
  readonly opening: string // the special tokens that it puts before a text where nobody asks for none, as they are written
}

const ids = z.union([z.int(), z.array(z.int())]).nullish()
const name = z.union([z.string(), z.looseObject({ content: z.string() })]).nullish()
// not a zod record: that would drop a token spelled __proto__
const vocab = z.custom<Record<string, number>>(
  value =>
    typeof value === 'object' && value !== null && Object.values(value).every(Number.isInteger),
  'expected ids by token',
)

const tokenizerSchema = z.looseObject({
  model: z.looseObject({ type: z.literal('BPE'), vocab }),
  decoder: decoderSchema,
  added_tokens: z.array(
    z.looseObject({ id: z.int(), content: z.string(), special: z.boolean().default(false) }),
  ),
})
const configSchema = z.looseObject({ bos_token: name, eos_token: name, pad_token: name })
const generationSchema = z.looseObject({ eos_token_id: ids, pad_token_id: ids })
const modelSchema = z.looseObject({ vocab_size: z.int().nullish() })

type TokenizerFile = z.infer<typeof tokenizerSchema>

/** The parts of a tokenizer folder. */
export interface TokenizerFiles {
  readonly tokenizer: unknown // tokenizer.json
  readonly config: unknown // tokenizer_config.json
  /** End and padding tokens: a key of generation_config.json, or else of config.json. */
  readonly generation?: unknown
  /** Entries of the model's vocabulary: ids from the tokenizer's own up to these decode to ''. Default none. */
  readonly modelSize?: number
}

/**
 * The tokenizer of a model: a Hugging Face folder or a GGUF file. A DataError where a file is missing or malformed, or an
 * id lies beyond the vocabulary of the model that is to read them, where `vocabSize` says how large that is.
 */
export async function loadTokenizer(
  path: string,
  vocabSize = Number.POSITIVE_INFINITY,
): Promise<LoadedTokenizer> {
  const source = await modelSource(path)
  const tokenizer = await jsonOf(source, 'tokenizer.json')
  if (tokenizer === null)
    throw new DataError(`${source.where('tokenizer.json')}: no such file; expected a tokenizer`)
  const model = (await jsonOf(source, 'config.json')) ?? {}
  const { vocab_size } = parseRow(modelSchema, model, source.where('config.json'))
  const files: TokenizerFiles = {
    tokenizer,
    config: (await jsonOf(source, 'tokenizer_config.json')) ?? {},
    generation: {
      ...(await idsIn(source, 'config.json')),
      ...(await idsIn(source, 'generation_config.json')),
    },
    modelSize: Number.isFinite(vocabSize) ? vocabSize : (vocab_size ?? 0),
  }
  const loaded = tokenizerFrom(files, path)
  if (loaded.vocabSize <= vocabSize) return loaded
  throw new DataError(
    `${path}: the tokenizer has ids up to ${loaded.vocabSize - 1}; the model's vocabulary has ${vocabSize} tokens; is it another model's?`,
  )
}

/** Whether every id spells the same to both. */
export function sameVocabulary(a: Tokenizer, b: Tokenizer): boolean {
  const [one, other] = [a.tokenBytes(), b.tokenBytes()]
  return same(one.starts, other.starts) && same(one.bytes, other.bytes)
}

function same(a: Int32Array | Uint8Array, b: Int32Array | Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}

/** A tokenizer from parsed files; `where` names them in errors. */
export function tokenizerFrom(files: TokenizerFiles, where = 'tokenizer'): LoadedTokenizer {
  const file = parseRow(tokenizerSchema, files.tokenizer, `${where}: tokenizer.json`)
  refuseFarIds(file, where)
  const config = parseRow(configSchema, files.config, `${where}: tokenizer_config.json`)
  const generation = parseRow(
    generationSchema,
    files.generation ?? {},
    `${where}: generation_config`,
  )
  const idOf = (token: z.infer<typeof name>): number[] => {
    const text = typeof token === 'string' ? token : token?.content
    const added = file.added_tokens.find(one => one.content === text)
    const id = text === undefined ? undefined : (added?.id ?? file.model.vocab[text])
    return id === undefined ? [] : [id]
  }
  const stopIds = [...new Set([...idOf(config.eos_token), ...idList(generation.eos_token_id)])]
  if (stopIds.length === 0)
    throw new DataError(`${where}: no end token; expected eos_token in tokenizer_config.json`)
  const pads = [...idOf(config.pad_token), ...idList(generation.pad_token_id), ...stopIds]
  const spelling = spellingOf(file.decoder, file.model.vocab)
  const bytes = bytesPerId(file, spelling)
  const { library, misread } = libraryOf(files, where)
  const special = file.added_tokens.filter(token => token.special)
  const specials = new Map(special.map(({ content, id }) => [content, id]))
  return {
    vocabSize: bytes.length,
    eosId: stopIds[0],
    padId: pads[0],
    stopIds,
    bosId: idOf(config.bos_token)[0] ?? null,
    specials,
    opening: openingOf(library, specials),
    encode: encoder(file, library, misread, spelling, where),
    tokenBytes: () => joined(bytes),
    ...decoder(bytes, spelling, Math.max(bytes.length, files.modelSize ?? 0)),
  }
}

const mostIds = 2 ** 22 // sixteen times the largest known vocabulary: a table of all ids must fit in memory

function refuseFarIds({ model, added_tokens }: TokenizerFile, where: string): void {
  const added = added_tokens.map(({ content, id }): [string, number] => [content, id])
  for (const [token, id] of [...Object.entries(model.vocab), ...added])
    if (!(id >= 0 && id < mostIds))
      throw new DataError(
        `${where}: tokenizer.json: ${JSON.stringify(token)} has the id ${id}; expected one from 0 to ${mostIds - 1}`,
      )
}

function libraryOf(
  files: TokenizerFiles,
  where: string,
): { readonly library: Encoding; readonly misread: Exact['misread'] } {
  const { tokenizer, misread } = exact(files.tokenizer, where)
  try {
    const library = new HuggingFaceTokenizer(tokenizer, files.config as object)
    const { pre_tokenizer, normalizer } = files.tokenizer as Record<string, unknown>
    return { library: watched(library, { pre_tokenizer, normalizer }, where), misread }
  } catch (cause) {
    const why = (cause as Error).message.slice(0, 300)
    throw new DataError(`${where}: tokenizer.json: ${why}`, { cause })
  }
}

function encoder(
  file: TokenizerFile,
  library: Encoding,
  misread: Exact['misread'],
  { isMissing }: Spelling,
  where: string,
): Tokenizer['encode'] {
  const added = file.added_tokens.map(token => token.content)
  return text => {
    // the library drops what its vocabulary cannot spell
    if (isMissing !== null) refuseUnknown(text, isMissing, added, where)
    const wrong = misread(text)
    if (wrong !== null)
      throw new DataError(
        `${where}: the text has ${JSON.stringify(wrong)} right after another added token or a ▁; it is normalized: true in tokenizer.json, which is not supported there: set it to false`,
      )
    return Int32Array.from(library.encode(text, { add_special_tokens: false }).ids)
  }
}

/** What stands before a text that is encoded with special tokens. */
function openingOf(library: Encoding, specials: ReadonlyMap<string, number>): string {
  const written = new Map([...specials].map(([text, id]) => [id, text]))
  const ids: number[] = library.encode('a', { add_special_tokens: true }).ids
  const first = ids.findIndex(id => !written.has(id))
  return ids
    .slice(0, Math.max(0, first))
    .map(id => written.get(id))
    .join('')
}

/** The tokenizer where a text ends at a token of its own, such as that of a chat template's turn, and not only at the model's. */
export function endingAt(tokenizer: LoadedTokenizer, token: string | null): LoadedTokenizer {
  const id = token === null ? undefined : tokenizer.specials.get(token)
  if (id === undefined) return tokenizer
  return { ...tokenizer, eosId: id, stopIds: [...new Set([id, ...tokenizer.stopIds])] }
}

function refuseUnknown(
  text: string,
  isMissing: (character: string) => boolean,
  added: readonly string[],
  where: string,
): void {
  const plain = added.reduce((rest, token) => rest.replaceAll(token, ''), text)
  for (const character of new Set(plain))
    if (isMissing(character))
      throw new DataError(
        `${where}: the vocabulary cannot spell ${JSON.stringify(character)}; train it on texts with it`,
      )
}

/** Bytes of every id, null for a special token, which decodes to nothing. */
function bytesPerId(file: TokenizerFile, { bytesOf }: Spelling): (Uint8Array | null)[] {
  const out: (Uint8Array | null)[] = []
  for (const [token, id] of Object.entries(file.model.vocab)) out[id] = bytesOf(token)
  for (const { id, content, special } of file.added_tokens)
    out[id] = special ? null : textBytes(content)
  for (let id = 0; id < out.length; id++) out[id] ??= null // a gap in the ids decodes to nothing
  return out
}

function joined(bytes: readonly (Uint8Array | null)[]): TokenBytes {
  const starts = new Int32Array(bytes.length + 1)
  bytes.forEach((own, id) => {
    starts[id + 1] = starts[id]! + (own?.length ?? 0)
  })
  const all = new Uint8Array(starts[bytes.length]!)
  bytes.forEach((own, id) => {
    if (own) all.set(own, starts[id])
  })
  return { bytes: all, starts }
}

function decoder(
  bytes: readonly (Uint8Array | null)[],
  { leadingSpace }: Spelling,
  modelSize: number,
): Pick<Tokenizer, 'decode' | 'pieces'> {
  const whole = bytes.map(own =>
    own && unfinished(own) === 0 && !continues(own) ? bytesText(own) : null,
  )
  const pieces = (ids: ArrayLike<number>): string[] => {
    const out: string[] = new Array(ids.length)
    let pending: Uint8Array = new Uint8Array(0)
    let first = -1 // the first token that has bytes
    let last = 0 // the last one
    for (let i = 0; i < ids.length; i++) {
      const own = bytes[ids[i]] ?? null
      if (!(ids[i] >= 0 && ids[i] < modelSize))
        throw new RangeError(`decode: id ${ids[i]} of a vocabulary of ${modelSize}`)
      out[i] = ''
      if (own === null) continue
      if (first < 0) first = i
      last = i
      const text = whole[ids[i]]
      if (pending.length === 0 && text !== null) out[i] = text
      else [out[i], pending] = decodeNext(pending, own)
    }
    if (pending.length > 0) out[last] += bytesText(pending)
    if (leadingSpace && out[first]?.startsWith(' ')) out[first] = out[first].slice(1)
    return out
  }
  return { pieces, decode: ids => pieces(ids).join('') }
}

/** Decodes up to the last character boundary and gives back the bytes after it. */
function decodeNext(pending: Uint8Array, own: Uint8Array): [string, Uint8Array] {
  const bytes = new Uint8Array(pending.length + own.length)
  bytes.set(pending)
  bytes.set(own, pending.length)
  const end = bytes.length - unfinished(bytes)
  return [bytesText(bytes.subarray(0, end)), bytes.slice(end)]
}

function continues(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes[0] >= 0x80 && bytes[0] < 0xc0
}

/** The keys that say how a model ends and pads, where a file gives them: engine/hf/config-file.ts has the same rule. */
async function idsIn(source: ModelSource, file: string): Promise<object> {
  const json = (await jsonOf(source, file)) ?? {}
  const { eos_token_id, pad_token_id } = parseRow(generationSchema, json, source.where(file))
  const given = Object.entries({ eos_token_id, pad_token_id })
  return Object.fromEntries(given.filter(([, value]) => value !== null && value !== undefined))
}

/** Old Llama configs write -1 for a token that there is not. */
function idList(given: z.infer<typeof ids>): number[] {
  return [given ?? []].flat().filter(id => id >= 0)
}
