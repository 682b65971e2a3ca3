import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DataError } from '../../src/errors.ts'
import { loadTokenizer, tokenizerFrom } from '../../src/tokenizer/load.ts'
import { saveTokenizer, trainBpe } from '../../src/tokenizer/train-bpe.ts'

const texts = [
  'Compute ((3+4)*2)-5.\n\n3+4=7, so (7*2)-5\n\n7*2=14, so 14-5\n\n14-5=9, so 9\n\n\\boxed{9}',
  'Compute 12+12.\n\n\n\n\n12+12=24, so 24\n\n\\boxed{24} and naïve café, 数学',
]
const config = { eos_token: '<|im_end|>', pad_token: '<|endoftext|>' }
const build = (vocabSize: number, alphabet: 'bytes' | 'corpus') =>
  tokenizerFrom({ tokenizer: trainBpe(texts, { vocabSize, alphabet }), config })
const bytes = build(300, 'bytes')
const corpus = build(64, 'corpus')

test('pads with id 0 and ends with id 1', () => {
  expect([bytes.padId, bytes.eosId]).toEqual([0, 1])
  expect([...bytes.encode('<|im_end|>')]).toEqual([1])
})

test('any text survives, unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => {
      expect(bytes.decode(bytes.encode(text))).toBe(text)
    }),
  )
})

test('merges words, never digits or operators', () => {
  expect(bytes.pieces(bytes.encode('Compute 12+12, so (24)'))).toEqual([
    'Compute',
    ' ',
    '1',
    '2',
    '+',
    '1',
    '2',
    ',',
    ' so',
    ' ',
    '(',
    '2',
    '4',
    ')',
  ])
})

test('a blank line is one token that merges with nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('\n', '.', 'so', ' ', '7')), parts => {
      const pieces = bytes.pieces(bytes.encode(parts.join('')))
      const expected = parts.join('').match(/\n\n|\n/g) ?? []
      expect(pieces.filter(piece => piece.includes('\n'))).toEqual(expected)
    }),
  )
})

test('an alphabet from the corpus is small and refuses other characters by name', () => {
  expect(corpus.vocabSize).toBeLessThanOrEqual(64)
  expect(corpus.decode(corpus.encode(texts[0]))).toBe(texts[0])
  expect([...corpus.encode('<|im_end|>')]).toEqual([1])
  expect(() => corpus.encode('3&4')).toThrow(DataError)
  expect(() => corpus.encode('3&4')).toThrow('cannot spell "&"')
})

test('the same texts give the same vocabulary, in any order', () => {
  const json = trainBpe(texts, { vocabSize: 300 })
  expect(trainBpe([...texts].reverse(), { vocabSize: 300 })).toEqual(json)
})

test('a folder loads as it was saved', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'minform-tokenizer-'))
  saveTokenizer(folder, trainBpe(texts, { vocabSize: 300 }))
  const loaded = await loadTokenizer(folder)
  expect([...loaded.encode(texts[0])]).toEqual([...bytes.encode(texts[0])])
  expect([loaded.padId, loaded.eosId]).toEqual([0, 1])
})

test('refuses a vocabulary that cannot hold the alphabet', () => {
  expect(() => trainBpe(texts, { vocabSize: 200 })).toThrow('expected at least 259')
})
