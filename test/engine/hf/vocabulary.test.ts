import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { absentIds } from '../../../src/engine/hf/vocabulary.ts'
import { DataError } from '../../../src/errors.ts'

async function absent(tokenizer: unknown, vocabSize = 6): Promise<readonly number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'minform-vocabulary-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  if (tokenizer !== undefined)
    await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer))
  return absentIds(folder, vocabSize)
}

test('ids that neither the vocabulary nor the added tokens have', async () => {
  const model = { type: 'BPE', vocab: { a: 0, b: 1 } }
  expect(await absent({ model, added_tokens: [{ id: 3, content: '<end>' }] })).toEqual([2, 4, 5])
  expect(await absent({ model })).toEqual([2, 3, 4, 5])
  expect(await absent({ model, added_tokens: [{ id: 2 ** 40 }, { id: -1 }] }, 2)).toEqual([])
})

test('a vocabulary that is a list', async () => {
  const vocab = [
    ['a', -1],
    ['b', -2],
  ]
  expect(await absent({ model: { type: 'Unigram', vocab } }, 3)).toEqual([2])
})

test('none where no vocabulary is listed: nothing is known of it', async () => {
  expect(await absent(undefined)).toEqual([])
  expect(await absent({})).toEqual([])
  expect(await absent({ model: { vocab: 3 }, added_tokens: 'x' })).toEqual([])
  await expect(absent([1])).rejects.toThrow(DataError)
})
