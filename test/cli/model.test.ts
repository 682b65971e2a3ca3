import { expect, test } from 'vitest'
import { idsOf, type OpenModel } from '../../src/cli/model.ts'
import { fakeEngine } from '../../src/engine/fake.ts'
import { DataError } from '../../src/errors.ts'
import { loadTokenizer } from '../../src/tokenizer/tokenizer.ts'

const tokenizer = loadTokenizer(new URL('../fixtures/tokenizer', import.meta.url).pathname)
const model: OpenModel = {
  engine: fakeEngine({ vocabSize: tokenizer.vocabSize, maxPositions: 8 }),
  tokenizer: () => tokenizer,
}
const read = (row: { text?: string; ids?: number[] }, of = model): Int32Array =>
  idsOf({ text: row.text, ids: row.ids }, of, 'prompt', 'rows.jsonl:3')

test('ids as they are, texts by the tokenizer', () => {
  expect(read({ ids: [3, 0, 1499] })).toEqual(Int32Array.of(3, 0, 1499))
  expect(read({ text: 'What is' })).toEqual(tokenizer.encode('What is'))
  expect([read({ ids: [] }).length, read({ text: '' }).length]).toEqual([0, 0])
})

test.each([
  { row: {}, message: 'prompt: expected either prompt or ids' },
  { row: { text: 'a', ids: [1] }, message: 'prompt: expected either prompt or ids' },
  { row: { ids: [1, 2, 1500] }, message: 'ids[2]: token 1500; the vocabulary has 1500' },
  { row: { ids: Array(9).fill(1) }, message: 'ids: 9 tokens; the model takes at most 8' },
  { row: { text: '1 2 3 4 5 6 7 8 9' }, message: 'tokens; the model takes at most 8' },
])('$message', ({ row, message }) => {
  expect(() => read(row)).toThrow(DataError)
  expect(() => read(row)).toThrow(message)
  expect(() => read(row)).toThrow(/^rows.jsonl:3: (prompt|ids)/)
})

test('a text that the tokenizer cannot spell names its row', () => {
  const refuse = (): never => {
    throw new DataError('models/tiny: the vocabulary cannot spell "é"')
  }
  const tiny: OpenModel = { ...model, tokenizer: () => ({ ...tokenizer, encode: refuse }) }
  const reading = (): Int32Array => read({ text: 'é' }, tiny)
  expect(reading).toThrow('rows.jsonl:3: prompt: models/tiny: the vocabulary cannot spell "é"')
})

test('ids need no tokenizer', () => {
  const none: OpenModel = {
    ...model,
    tokenizer: () => {
      throw new DataError('there is none')
    },
  }
  expect(read({ ids: [1] }, none)).toEqual(Int32Array.of(1))
  expect(() => read({ text: 'a' }, none)).toThrow('there is none')
})
