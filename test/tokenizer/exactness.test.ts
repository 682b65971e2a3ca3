// Kinds of tokenizer.json that the library reads otherwise than Hugging Face's tokenizers: right, or refused by name.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DataError } from '../../src/errors.ts'
import { tokenizerFrom } from '../../src/tokenizer/load.ts'

interface Case {
  readonly base: 'cross' | 'bytes' | 'prepend'
  readonly keys: { readonly added_tokens: readonly object[] }
  readonly ids: readonly (readonly number[])[] | null
}
const read = (path: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8'))
const { cross, texts, cases } = read('tokenizer-kinds/expected.json') as {
  readonly cross: object
  readonly texts: readonly string[]
  readonly cases: readonly Case[]
}
const bases = {
  cross,
  bytes: read('tokenizer/tokenizer.json'),
  prepend: read('sentencepiece/prepend/tokenizer.json'),
}
const open = ({ base, keys }: Case) =>
  tokenizerFrom({
    tokenizer: { ...bases[base], ...keys },
    config: { eos_token: base === 'bytes' ? '<|im_end|>' : '</s>' },
  })
const named = cases.map(one => ({
  ...one,
  name: `${one.base} ${JSON.stringify({ ...one.keys, added_tokens: one.keys.added_tokens.slice(-2) })}`,
}))

test.each(named.filter(({ ids }) => ids !== null))('$name', one => {
  const tokenizer = open(one)
  let refused = 0
  for (const [i, text] of texts.entries()) {
    try {
      expect([...tokenizer.encode(text)], JSON.stringify(text)).toEqual(one.ids![i])
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      expect(error.message).toMatch(/right after another added token or a ▁|cannot spell/)
      refused++
    }
  }
  expect(refused).toBeLessThan(one.base === 'prepend' ? texts.length / 4 : 1)
})

test.each(named.filter(({ ids }) => ids === null))('refused: $name', one => {
  expect(() => open(one)).toThrow(DataError)
  expect(() => open(one)).toThrow(
    /(Split that is|Punctuation that is|single_word of the added token "tool").* is not supported; expected/,
  )
})

test('an added token that the vocabulary has under another id', () => {
  const { added_tokens } = bases.bytes
  const again = { ...added_tokens[0], id: 1400, content: 'tool' }
  const tokenizer = { ...bases.bytes, added_tokens: [...added_tokens, again] }
  tokenizer.model = { ...tokenizer.model, vocab: { ...tokenizer.model.vocab, tool: 7 } }
  const load = () => tokenizerFrom({ tokenizer, config: { eos_token: '<|im_end|>' } }, 'model')
  expect(load).toThrow(
    'model: tokenizer.json: the id 1400 of the added token "tool" is not supported; expected 7',
  )
})

test('what the library does not know is a DataError', () => {
  const tokenizer = { ...bases.bytes, normalizer: { type: 'Nmt' } }
  const load = () => tokenizerFrom({ tokenizer, config: { eos_token: '<|im_end|>' } }, 'model')
  expect(load).toThrow(new DataError('model: tokenizer.json: Unknown Normalizer type: Nmt'))
})

test.each([
  { pre_tokenizer: { type: 7 } },
  { pre_tokenizer: { type: 'Sequence', pretokenizers: { type: 'Digits' } } },
  { pre_tokenizer: { type: 'Split', behavior: 'Removed', pattern: 'x' } },
  { normalizer: { type: 'Sequence', normalizers: 'NFC' } },
  { normalizer: { normalizers: [] } },
])('a stage of another shape is a DataError that names it: %j', stage => {
  const keys = { added_tokens: [], ...stage }
  expect(() => open({ base: 'cross', keys, ids: null })).toThrow(DataError)
  expect(() => open({ base: 'cross', keys, ids: null })).toThrow(Object.keys(stage)[0])
})
