import { describe, expect, test } from 'vitest'
import { loadTokenizer } from '../../../src/tokenizer/load.ts'
import { expected, fixture } from '../../fixtures/gguf/expected.ts'

describe.each(expected.models)('the tokenizer of $file', async ({ file, encodings }) => {
  const tokenizer = await loadTokenizer(fixture(file))

  test.each(encodings)('$text', ({ text, ids }) => {
    expect([...tokenizer.encode(text)]).toEqual(ids)
  })

  test('decodes what it encodes', () => {
    for (const { text } of encodings.filter(one => !/<\||\u0301/.test(one.text)))
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text)
  })
})
