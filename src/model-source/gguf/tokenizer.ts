// tokenizer.json and tokenizer_config.json from the keys tokenizer.* of a GGUF header: byte-level BPE (`gpt2`), or a
// SentencePiece model (`llama`) whose merges follow from its scores.

import { z } from 'zod'
import { DataError, EngineError } from '../../errors.ts'
import type { GgufHeader } from './header.ts'
import { optional, required } from './metadata.ts'
import { type PreTokenizer, preTokenizerJson, preTokenizers } from './pre-tokenizers.ts'
import { mergesByScore } from './sentencepiece.ts'

const text = z.string()
const texts = z.array(z.string())
const integer = z.int().nonnegative()
const flag = z.boolean()

/** What llama.cpp calls tokenizer.ggml.token_type. */
const kinds = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 }

/** A vocabulary entry. */
interface Entry {
  readonly id: number
  readonly token: string
  readonly kind: number
}

/** The ids with a meaning of their own; a text may end in several ways. */
export function specialIds(header: GgufHeader): {
  readonly bos: number | null
  readonly eos: readonly number[]
  readonly pad: number | null
  readonly unk: number | null
} {
  const count = optional(header, 'tokenizer.ggml.tokens', texts)?.length ?? 0
  const id = (name: string): number | null => {
    const found = optional(header, `tokenizer.ggml.${name}_token_id`, integer)
    if (found !== null && found >= count)
      throw new DataError(
        `${header.file}: tokenizer.ggml.${name}_token_id ${found}; the vocabulary has ${count} tokens`,
      )
    return found
  }
  const ends = [id('eos'), id('eot')].filter(end => end !== null)
  return { bos: id('bos'), eos: [...new Set(ends)], pad: id('padding'), unk: id('unknown') }
}

/** The chat template; null where the header has none. */
export function chatTemplateOf(header: GgufHeader): string | null {
  return optional(header, 'tokenizer.chat_template', text)
}

/** tokenizer_config.json. */
export function specialTokens(header: GgufHeader): object {
  const tokens = tokensOf(header)
  const { bos, eos, pad, unk } = specialIds(header)
  const named = { bos_token: bos, eos_token: eos[0] ?? null, pad_token: pad, unk_token: unk }
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    add_bos_token: addsBos(header),
    clean_up_tokenization_spaces: false,
    ...Object.fromEntries(
      Object.entries(named).flatMap(([name, id]) => (id === null ? [] : [[name, tokens[id]!]])),
    ),
  }
}

/** tokenizer.json. A vocabulary or a way of cutting texts that is not known is an EngineError. */
export function tokenizerOf(header: GgufHeader): object {
  const entries = entriesOf(header)
  const model = modelOf(header)
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: entries.filter(isAdded).map(({ id, token, kind }) => {
      const special = kind !== kinds.userDefined
      const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false }
      return { id, content: token, ...flags, special }
    }),
    ...(model === 'gpt2' ? byteLevel(header, entries) : sentencePiece(header, entries)),
    post_processor: postProcessor(header),
  }
}

function modelOf(header: GgufHeader): 'gpt2' | 'llama' {
  const model = required(header, 'tokenizer.ggml.model', text)
  if (model === 'gpt2' || model === 'llama') return model
  throw new EngineError(
    `${header.file}: tokenizer.ggml.model ${model} is not supported; supported: gpt2 (byte-level BPE), llama (SentencePiece)`,
  )
}

function tokensOf(header: GgufHeader): readonly string[] {
  return required(header, 'tokenizer.ggml.tokens', texts)
}

function entriesOf(header: GgufHeader): Entry[] {
  const tokens = tokensOf(header)
  const types = optional(header, 'tokenizer.ggml.token_type', z.array(z.int()))
  if (types !== null && types.length < tokens.length)
    throw new DataError(`${header.file}: ${types.length} token types for ${tokens.length} tokens`)
  const ids = new Map<string, number>()
  for (const [id, token] of tokens.entries()) {
    const first = ids.get(token)
    if (first !== undefined)
      throw new DataError(
        `${header.file}: tokens ${first} and ${id} are both ${JSON.stringify(token)}; expected each once`,
      )
    ids.set(token, id)
  }
  return tokens.map((token, id) => ({ id, token, kind: types?.[id] ?? kinds.normal }))
}

/** Matched whole, before anything is merged. */
function isAdded({ kind, token }: Entry): boolean {
  return token !== '' && [kinds.unknown, kinds.control, kinds.userDefined].includes(kind)
}

/** Padding of the vocabulary (`[PAD151665]`) is left out: no text makes it. */
function vocabOf(entries: readonly Entry[]): Record<string, number> {
  const used = entries.filter(({ kind }) => kind !== kinds.unused)
  return Object.fromEntries(used.map(({ token, id }) => [token, id]))
}

function preTokenizerOf(header: GgufHeader): PreTokenizer {
  const name = optional(header, 'tokenizer.ggml.pre', text) ?? 'default'
  if (Object.hasOwn(preTokenizers, name)) return preTokenizers[name]!
  throw new EngineError(
    `${header.file}: tokenizer.ggml.pre ${name} is not known; known: ${Object.keys(preTokenizers).join(', ')}`,
  )
}

function byteLevel(header: GgufHeader, entries: readonly Entry[]): object {
  const pre = preTokenizerOf(header)
  const merges = required(header, 'tokenizer.ggml.merges', texts).map(merge => {
    const at = merge.indexOf(' ', 1)
    if (at > 0 && at < merge.length - 1) return [merge.slice(0, at), merge.slice(at + 1)]
    throw new DataError(
      `${header.file}: merge ${JSON.stringify(merge)}; expected two tokens with a space between`,
    )
  })
  return {
    normalizer: pre.normalizer,
    pre_tokenizer: preTokenizerJson(pre),
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      ...bpe,
      ignore_merges: pre.ignoreMerges,
      vocab: vocabOf(entries),
      merges,
    },
  }
}

const bpe = {
  type: 'BPE',
  dropout: null,
  unk_token: null as string | null,
  continuing_subword_prefix: null,
  end_of_word_suffix: null,
  fuse_unk: false,
  byte_fallback: false,
  ignore_merges: false,
}

/** As a SentencePiece model is converted: the space before a text is a normaliser's, and bytes stand for what is missing. */
function sentencePiece(header: GgufHeader, entries: readonly Entry[]): object {
  const scores = required(header, 'tokenizer.ggml.scores', z.array(z.number()))
  if (scores.length < entries.length)
    throw new DataError(`${header.file}: ${scores.length} scores for ${entries.length} tokens`)
  const prefix = optional(header, 'tokenizer.ggml.add_space_prefix', flag) ?? true
  const { unk } = specialIds(header)
  const mergeable = entries.filter(({ kind }) => kind === kinds.normal)
  return {
    normalizer: {
      type: 'Sequence',
      normalizers: [
        ...(prefix ? [{ type: 'Prepend', prepend: '▁' }] : []),
        { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      ],
    },
    pre_tokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(prefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    model: {
      ...bpe,
      unk_token: unk === null ? null : entries[unk]!.token,
      fuse_unk: true,
      byte_fallback: true,
      vocab: vocabOf(entries),
      merges: mergesByScore(mergeable.map(({ token, id }) => ({ token, id, score: scores[id]! }))),
    },
  }
}

function addsBos(header: GgufHeader): boolean {
  const usual = modelOf(header) === 'llama' || preTokenizerOf(header).addBos
  return optional(header, 'tokenizer.ggml.add_bos_token', flag) ?? usual
}

/** Puts the token that begins a text before it, where the header asks for that. */
function postProcessor(header: GgufHeader): object | null {
  const { bos } = specialIds(header)
  if (bos === null || !addsBos(header)) return null
  const token = tokensOf(header)[bos]!
  const begin = { SpecialToken: { id: token, type_id: 0 } }
  const sequence = (id: string, type_id: number) => ({ Sequence: { id, type_id } })
  return {
    type: 'TemplateProcessing',
    single: [begin, sequence('A', 0)],
    pair: [begin, sequence('A', 0), begin, sequence('B', 1)],
    special_tokens: { [token]: { id: token, ids: [bos], tokens: [token] } },
  }
}
