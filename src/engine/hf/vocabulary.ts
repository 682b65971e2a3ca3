// Which ids of a model's vocabulary stand for a token. Embeddings are often padded to a round number of rows (Qwen has
// 151,936 for 151,665 tokens), and what such a row means was never learned.

import { z } from 'zod'
import { parseJson } from '../../model-source/json.ts'
import { jsonOf, modelSource } from '../../model-source/model-source.ts'

const ids = z.record(z.string(), z.unknown()).transform(vocab => Object.values(vocab))
const pieces = z.array(z.unknown()).transform(list => list.map((_, id): unknown => id))
const schema = z.looseObject({
  model: z.looseObject({ vocab: z.union([ids, pieces]).catch([]) }).catch({ vocab: [] }),
  added_tokens: z.array(z.looseObject({ id: z.unknown() })).catch([]),
})

/**
 * The ids, ascending, that no entry of a model's tokenizer.json has; none where there is no such file, or it lists no
 * vocabulary. A DataError for a file that is not JSON.
 */
export async function absentIds(path: string, vocabSize: number): Promise<readonly number[]> {
  const source = await modelSource(path)
  const json = await jsonOf(source, 'tokenizer.json')
  if (json === null) return []
  const { model, added_tokens } = parseJson(source.where('tokenizer.json'), schema, json)
  const present = new Uint8Array(vocabSize)
  for (const id of [...model.vocab, ...added_tokens.map(token => token.id)])
    if (typeof id === 'number' && id < vocabSize) present[id] = 1
  return withoutToken(present)
}

/** The places of a list that hold 0; none where all do. */
function withoutToken(present: Uint8Array): number[] {
  if (!present.includes(1)) return []
  const absent: number[] = []
  present.forEach((is, id) => {
    if (is === 0) absent.push(id)
  })
  return absent
}
