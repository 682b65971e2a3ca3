import { expect, test } from 'vitest'
import { idsOf, type OpenModel } from '../../src/cli/model.ts'
import { fakeEngine } from '../../src/engine/fake.ts'
import { DataError } from '../../src/errors.ts'
import { loadTokenizer } from '../../src/tokenizer/load.ts'

const tokenizer = await loadTokenizer(new URL('../fixtures/tokenizer', import.meta.url).pathname)
const model: Pick<OpenModel, 'engine' | 'tokenizer'> = {
  engine: fakeEngine({ vocabSize: tokenizer.vocabSize, maxPositions: 8 }),
  tokenizer: async () => tokenizer,
}
const read = (row: { text?: string; ids?: number[] }, of = model): Promise<Int32Array> =>
  idsOf({ text: row.text, ids: row.ids }, of, 'prompt', 'rows.jsonl:3')

test('ids as they are, texts by the tokenizer', async () => {
  expect(await read({ ids: [3, 0, 1499] })).toEqual(Int32Array.of(3, 0, 1499))
  expect(await read({ text: 'What is' })).toEqual(tokenizer.encode('What is'))
  expect([await read({ ids: [] }), await read({ text: '' })]).toEqual([
    new Int32Array(),
    new Int32Array(),
  ])
})

test.each([
  { row: {}, message: 'prompt: expected either prompt or ids' },
  { row: { text: 'a', ids: [1] }, message: 'prompt: expected either prompt or ids' },
  { row: { ids: [1, 2, 1500] }, message: 'ids[2]: token 1500; the vocabulary has 1500' },
  { row: { ids: Array(9).fill(1) }, message: 'ids: 9 tokens; the model takes at most 8' },
  { row: { text: '1 2 3 4 5 6 7 8 9' }, message: 'tokens; the model takes at most 8' },
])('$message', async ({ row, message }) => {
  await expect(read(row)).rejects.toThrow(DataError)
  await expect(read(row)).rejects.toThrow(message)
  await expect(read(row)).rejects.toThrow(/^rows.jsonl:3: (prompt|ids)/)
})

test('a text that the tokenizer cannot spell names its row', async () => {
  const refuse = (): never => {
    throw new DataError('models/tiny: the vocabulary cannot spell "é"')
  }
  const tiny: Pick<OpenModel, 'engine' | 'tokenizer'> = {
    ...model,
    tokenizer: async () => ({ ...tokenizer, encode: refuse }),
  }
  await expect(read({ text: 'é' }, tiny)).rejects.toThrow(
    'rows.jsonl:3: prompt: models/tiny: the vocabulary cannot spell "é"',
  )
})

test('ids need no tokenizer', async () => {
  const none: Pick<OpenModel, 'engine' | 'tokenizer'> = {
    ...model,
    tokenizer: async () => {
      throw new DataError('there is none')
    },
  }
  expect(await read({ ids: [1] }, none)).toEqual(Int32Array.of(1))
  await expect(read({ text: 'a' }, none)).rejects.toThrow('there is none')
})
