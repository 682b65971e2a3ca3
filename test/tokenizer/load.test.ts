import { readFileSync } from 'node:fs'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../../src/engine/hf/config-file.ts'
import { DataError } from '../../src/errors.ts'
import { loadTokenizer, sameVocabulary, tokenizerFrom } from '../../src/tokenizer/load.ts'

const folder = new URL('../fixtures/tokenizer', import.meta.url).pathname
const checkpoint = new URL('../fixtures/hf/qwen2', import.meta.url).pathname
const { encodings } = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8')) as {
  encodings: { text: string; ids: number[]; decoded: string }[]
}
const tokenizer = await loadTokenizer(folder)
const specials = /<\|endoftext\|>|<\|im_start\|>|<\|im_end\|>|<extra_0>/g
const files = {
  tokenizer: JSON.parse(readFileSync(`${folder}/tokenizer.json`, 'utf8')),
  config: JSON.parse(readFileSync(`${folder}/tokenizer_config.json`, 'utf8')),
}

test('knows its size and its special tokens', () => {
  expect(tokenizer.vocabSize).toBe(1500)
  expect([tokenizer.eosId, tokenizer.padId]).toEqual([2, 0])
  expect(tokenizer.stopIds).toEqual([2])
})

test.each(encodings)(
  'encodes and decodes as transformers does: $text',
  ({ text, ids, decoded }) => {
    expect([...tokenizer.encode(text)]).toEqual(ids)
    expect(tokenizer.decode(ids)).toBe(decoded.replaceAll(specials, ''))
  },
)

test('any text survives encoding, up to the normalisation that the file asks for', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => {
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text.normalize('NFC'))
    }),
  )
})

test('pieces join to the decoded text for any ids, broken characters included', () => {
  const id = fc.integer({ min: 0, max: tokenizer.vocabSize - 1 })
  fc.assert(
    fc.property(fc.array(id, { maxLength: 40 }), ids => {
      const pieces = tokenizer.pieces(ids)
      expect(pieces).toHaveLength(ids.length)
      expect(pieces.join('')).toBe(tokenizer.decode(ids))
    }),
  )
})

test('the bytes of tokens joined are the decoded text’s, and a special token has none', () => {
  const { bytes, starts } = tokenizer.tokenBytes()
  expect([starts.length, starts[0], starts.at(-1)]).toEqual([1501, 0, bytes.length])
  expect(starts[3]! - starts[2]!).toBe(0)
  for (const { ids } of encodings) {
    const joined = Buffer.concat(ids.map(id => bytes.subarray(starts[id], starts[id + 1])))
    expect(joined.toString()).toBe(tokenizer.decode(ids))
  }
})

test('a character in several tokens belongs to the one that completes it', () => {
  const ids = tokenizer.encode('a½🙂b')
  const pieces = tokenizer.pieces(ids)
  expect(pieces.filter(piece => piece !== '')).toEqual(['a', '½', '🙂', 'b'])
  expect(pieces.at(-1)).toBe('b')
  const half = tokenizer.encode('½').subarray(0, 1)
  expect(tokenizer.pieces([...half, tokenizer.eosId])).toEqual(['\ufffd', ''])
})

test('nothing and special tokens decode to nothing', () => {
  expect(tokenizer.decode([])).toBe('')
  expect(tokenizer.pieces(new Int32Array())).toEqual([])
  expect(tokenizer.pieces([0, 1, 2, 3])).toEqual(['', '', '', ''])
})

test('an id outside the vocabulary is refused', () => {
  expect(() => tokenizer.decode([1500])).toThrow('id 1500 of a vocabulary of 1500')
  expect(() => tokenizer.decode([-1])).toThrow('id -1 of a vocabulary of 1500')
})

test('ids that pad the vocabulary of the model decode to nothing', async () => {
  const padded = await loadTokenizer(folder, 1536)
  expect(padded.vocabSize).toBe(1500)
  const [a, b] = padded.encode('½').length > 1 ? padded.encode('½') : padded.encode('½½')
  expect(padded.decode([1500, a!, 1501, b!, 1535])).toBe('½')
  expect(padded.pieces([1500, 1535])).toEqual(['', ''])
  expect(padded.tokenBytes().starts.length).toBe(1501)
  expect(() => padded.decode([1536])).toThrow('id 1536 of a vocabulary of 1536')
  expect(sameVocabulary(padded, tokenizer)).toBe(true)
})

describe('end and padding tokens', () => {
  const model = JSON.parse(readFileSync(join(checkpoint, 'config.json'), 'utf8'))
  const both = async (config: object, generation: object | null) => {
    const at = await mkdtemp(join(tmpdir(), 'minform-tokenizer-'))
    onTestFinished(() => rm(at, { recursive: true }))
    await copyFile(join(folder, 'tokenizer.json'), join(at, 'tokenizer.json'))
    const files = {
      'config.json': { ...model, pad_token_id: null, ...config },
      'generation_config.json': generation,
    }
    for (const [name, json] of Object.entries(files))
      if (json !== null) await writeFile(join(at, name), JSON.stringify(json))
    return { engine: await readConfig(at), tokenizer: () => loadTokenizer(at) }
  }

  test.each<[object, object | null, number[], number]>([
    [{ eos_token_id: 2 }, null, [2], 2],
    [{ eos_token_id: 2, pad_token_id: 0 }, {}, [2], 0],
    [{ eos_token_id: 2, pad_token_id: 0 }, { do_sample: true }, [2], 0],
    [{ eos_token_id: 2 }, { eos_token_id: null, pad_token_id: 3 }, [2], 3],
    [{ eos_token_id: 2, pad_token_id: 0 }, { eos_token_id: [1, 2] }, [1, 2], 0],
    [{ eos_token_id: [2, -1], pad_token_id: -1 }, {}, [2], 2],
  ])('%j and %j: both readers agree', async (config, generation, stopIds, padId) => {
    const { engine, tokenizer } = await both(config, generation)
    expect(await tokenizer()).toMatchObject({ stopIds, padId })
    expect([engine.eosIds, engine.padId ?? stopIds[0]]).toEqual([stopIds, padId])
  })

  test('none in either', async () => {
    const { engine, tokenizer } = await both({ eos_token_id: -1 }, { eos_token_id: null })
    expect(engine.eosIds).toEqual([])
    await expect(tokenizer()).rejects.toThrow('no end token')
  })
})

test('long runs of broken characters decode', () => {
  const ids = new Int32Array(300_000).fill(tokenizer.encode('½')[0]) // minutes, if each began anew
  expect(tokenizer.decode(ids)).toBe('\ufffd'.repeat(300_000))
})

test('several end tokens are all kept, the tokenizer’s own first', () => {
  const loaded = tokenizerFrom({ ...files, generation: { eos_token_id: [0, 2] } })
  expect(loaded.stopIds).toEqual([2, 0])
  expect(loaded.eosId).toBe(2)
})

test('says what is wrong with a folder', async () => {
  await expect(loadTokenizer('/nowhere')).rejects.toThrow(DataError)
  expect((await loadTokenizer(folder, 1500)).vocabSize).toBe(1500)
  const small = () => loadTokenizer(folder, 1499)
  await expect(small()).rejects.toThrow(/ids up to 1499; the model's vocabulary has 1499 tokens/)
  await expect(small()).rejects.toThrow(DataError)
  expect(() => tokenizerFrom({ ...files, tokenizer: { model: {} } })).toThrow(
    /tokenizer.json: model/,
  )
  expect(() => tokenizerFrom({ ...files, config: {} })).toThrow('no end token')
})

describe('ids that no vocabulary has', () => {
  const { model, added_tokens } = files.tokenizer as {
    model: { vocab: Record<string, number> }
    added_tokens: object[]
  }
  const far = [2 ** 31, 2 ** 53 - 1, 2 ** 22, -1]

  test.each(far)('%d in the vocabulary', id => {
    const vocab = { ...model.vocab, '\u001b[2J': id }
    const load = () =>
      tokenizerFrom({ ...files, tokenizer: { ...files.tokenizer, model: { ...model, vocab } } })
    expect(load).toThrow(
      `tokenizer.json: "\\u001b[2J" has the id ${id}; expected one from 0 to 4194303`,
    )
    expect(load).toThrow(DataError)
  })

  test.each(far)('%d of an added token', id => {
    const more = [...added_tokens, { id, content: '<far>', special: true }]
    const load = () =>
      tokenizerFrom({ ...files, tokenizer: { ...files.tokenizer, added_tokens: more } })
    expect(load).toThrow(`"<far>" has the id ${id}; expected one from 0 to 4194303`)
  })
})
