// Byte-pair encoding (Gage 1994; Sennrich et al. 2016) over bytes, for vocabularies of our own. A
// pre-token is a blank line, a word with its leading space, or one character: so a digit or an
// operator is always one token, and the blank line that closes a step never merges with anything.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { byteAlphabet, toSymbols } from './byte-level.ts'

const pattern = '\\n\\n| ?\\p{L}+|[\\s\\S]'
const newline = toSymbols('\n')

export interface TrainBpeOptions {
  /** Entries of the vocabulary at most; fewer when the texts hold no more repeated pairs. */
  readonly vocabSize: number
  /** The first pads, the second ends a text. */
  readonly specials?: readonly string[]
  /** 'corpus' keeps only the bytes that occur; other text is then refused at encoding. */
  readonly alphabet?: 'bytes' | 'corpus'
}

/** What the trainer writes of tokenizer.json. */
export interface TokenizerJson {
  readonly added_tokens: readonly { readonly id: number; readonly content: string }[]
  readonly model: {
    readonly vocab: Readonly<Record<string, number>>
    readonly merges: readonly (readonly [string, string])[]
  }
}

/**
 * Trains a byte-level BPE vocabulary: the most frequent pair is merged first, ties by lower ids.
 */
export function trainBpe(
  texts: Iterable<string>,
  { vocabSize, specials = ['<|endoftext|>', '<|im_end|>'], alphabet = 'bytes' }: TrainBpeOptions,
): TokenizerJson {
  if (specials.length < 2)
    throw new RangeError(`trainBpe: ${specials.length} specials, expected a pad and an end token`)
  const words = countWords(texts)
  const used = new Set([...words.keys()].flatMap(word => [...word])).add(newline)
  const symbols = byteAlphabet().filter(symbol => alphabet === 'bytes' || used.has(symbol))
  const tokens = [...specials, ...symbols, newline + newline]
  if (vocabSize < tokens.length)
    throw new RangeError(`trainBpe: vocabSize ${vocabSize}, expected at least ${tokens.length}`)
  const merges: [string, string][] = [[newline, newline]]
  words.delete(newline + newline)
  const ids = new Map(tokens.map((token, id) => [token, id]))
  const learner = pairLearner(words, ids)
  while (tokens.length < vocabSize) {
    const pair = learner.best()
    if (pair === null) break
    const [left, right] = pair
    const token = tokens[left] + tokens[right]
    merges.push([tokens[left], tokens[right]])
    // two merges can spell the same token; it keeps its first id
    if (!ids.has(token)) ids.set(token, tokens.push(token) - 1)
    learner.merge(left, right, ids.get(token)!)
  }
  return tokenizerJson(ids, merges, specials)
}

/** Writes tokenizer.json and tokenizer_config.json, as transformers and this package load them. */
export function saveTokenizer(folder: string, json: TokenizerJson): void {
  const [pad, end, ...extra] = json.added_tokens.map(token => token.content)
  const config = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    pad_token: pad,
    eos_token: end,
    ...(extra.length > 0 && { additional_special_tokens: extra }),
    clean_up_tokenization_spaces: false,
    model_max_length: 1_000_000,
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'tokenizer.json'), `${JSON.stringify(json, null, 1)}\n`)
  writeFileSync(join(folder, 'tokenizer_config.json'), `${JSON.stringify(config, null, 2)}\n`)
}

function countWords(texts: Iterable<string>): Map<string, number> {
  const split = new RegExp(pattern, 'gu')
  const words = new Map<string, number>()
  for (const text of texts)
    for (const [word] of text.matchAll(split)) words.set(word, (words.get(word) ?? 0) + 1)
  return new Map([...words].map(([word, count]) => [toSymbols(word), count]))
}

interface Word {
  ids: number[]
  readonly count: number
}

/** Counts of adjacent pairs, kept up to date while pairs are merged. */
function pairLearner(counts: ReadonlyMap<string, number>, symbolIds: ReadonlyMap<string, number>) {
  const words: Word[] = []
  const pairs = new Map<number, { count: number; readonly words: Set<Word> }>()
  const key = (left: number, right: number): number => left * 2 ** 24 + right
  const add = (word: Word, sign: 1 | -1): void => {
    for (let i = 0; i + 1 < word.ids.length; i++) {
      const at = key(word.ids[i], word.ids[i + 1])
      const pair = pairs.get(at) ?? { count: 0, words: new Set<Word>() }
      pair.count += sign * word.count
      if (sign > 0) pair.words.add(word)
      pairs.set(at, pair)
    }
  }
  for (const [text, count] of counts)
    words.push({ ids: Array.from(text, symbol => symbolIds.get(symbol)!), count })
  for (const word of words) add(word, 1)
  return {
    best(): [number, number] | null {
      let found = -1
      let most = 1 // a pair that occurs once is not worth an entry
      for (const [at, { count }] of pairs)
        if (count > most || (count === most && found >= 0 && at < found))
          [found, most] = [at, count]
      return found < 0 ? null : [Math.floor(found / 2 ** 24), found % 2 ** 24]
    },
    merge(left: number, right: number, merged: number): void {
      const at = key(left, right)
      const touched = pairs.get(at)?.words ?? []
      for (const word of touched) {
        add(word, -1)
        word.ids = mergePair(word.ids, left, right, merged)
        add(word, 1)
      }
      pairs.delete(at)
    },
  }
}

function mergePair(ids: readonly number[], left: number, right: number, merged: number): number[] {
  const out: number[] = []
  for (let i = 0; i < ids.length; i++) {
    const found = ids[i] === left && ids[i + 1] === right
    out.push(found ? merged : ids[i])
    if (found) i++
  }
  return out
}

function tokenizerJson(
  ids: ReadonlyMap<string, number>,
  merges: readonly [string, string][],
  specials: readonly string[],
) {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false }
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false }
  const split = { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false }
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specials.map((content, id) => ({ id, content, ...flags, special: true })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [split, { ...byteLevel, use_regex: false }],
    },
    post_processor: { ...byteLevel, use_regex: false },
    decoder: { ...byteLevel, use_regex: false },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(ids),
      merges,
    },
  }
}
