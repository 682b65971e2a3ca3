import { describe, expect, test } from 'vitest'
import { DataError } from '../../src/errors.ts'
import { tokenizerFrom } from '../../src/tokenizer/load.ts'
import { trainBpe } from '../../src/tokenizer/train-bpe.ts'
import { watched } from '../../src/tokenizer/watched.ts'

const one = { add_special_tokens: false }
const library = (pattern: RegExp) => ({
  encode: (text: string) => ({ ids: Array.from(text.match(pattern) ?? [], piece => piece.length) }),
})

describe('encoding by patterns of anybody', () => {
  test.each([
    '(?:(?:[^b]|.)*)*z',
    '([a-z]+)*$!',
    '(a|a)*!',
    `${'a?'.repeat(40)}${'a'.repeat(40)}!`,
  ])('%s is ended', source => {
    const { encode } = watched(library(new RegExp(source, 'gu')), [{ Regex: source }], 'm', 100)
    const text = 'a'.repeat(60)
    const began = performance.now()
    expect(() => encode(text, one)).toThrow(DataError)
    expect(() => encode(text, one)).toThrow(
      'm: tokenizer.json: a text of 60 characters cannot be encoded: its patterns took more than 0.1 s',
    )
    expect(performance.now() - began).toBeLessThan(20_000)
    expect(encode('b', one).ids.length).toBeLessThan(2) // and the next text is read
  })

  test('is the same as without a watch where it ends, and errors are named', () => {
    const fine = watched(library(/b+|a/gu), { deep: [{ Regex: 'b+|a' }] }, 'm')
    expect(fine.encode('abba', one).ids).toEqual([1, 2, 1])
    const grown = { encode: () => ({ ids: [...'a'.repeat(2 ** 29).repeat(9)].map(Number) }) }
    expect(() => watched(grown, {}, 'm').encode('x', one)).toThrow(
      'm: tokenizer.json: a text of 1 characters cannot be encoded: Invalid string length',
    )
  })
})

test('a tokenizer with such a pattern loads, and says so of the text that it cannot take', () => {
  const made = trainBpe(['a b c'], { vocabSize: 400 }) as unknown as Record<string, unknown>
  const evil = { type: 'Replace', pattern: { Regex: '(?:(?:[^b]|.)*)*z' }, content: '' }
  const files = { tokenizer: { ...made, normalizer: evil }, config: { eos_token: '<|im_end|>' } }
  const { encode } = tokenizerFrom(files)
  expect(encode('ba').length).toBeGreaterThan(0)
  expect(() => encode('a'.repeat(200))).toThrow(/its patterns took more than 10 s/)
}, 60_000)
