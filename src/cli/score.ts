// `minform score`: what a model thinks of texts. One line a row, in order.

import { defineCommand } from 'citty'
import { z } from 'zod'
import { parseRow } from '../data/row.ts'
import type { Engine } from '../engine/engine.ts'
import { readRecords, writeRecord } from './io.ts'
import {
  idList,
  idsOf,
  keptArgs,
  type OpenModel,
  openModel,
  placeArgs,
  placeSection,
} from './model.ts'
import { batches } from './rows.ts'

const scoreRow = z.object({ text: z.string().optional(), ids: idList.optional() })
const batchSize = 64 // rows

/** What a language model says of each token; null for the first, which nothing predicted. */
export interface ScoredTokens {
  readonly ids: readonly number[]
  readonly logprobs: readonly (number | null)[]
  readonly entropies: readonly (number | null)[] | null // of the distribution that predicted the token; null where unknown
}

/** What a token classifier says: one row of logits a token. */
export interface ClassifiedTokens {
  readonly ids: readonly number[]
  readonly logits: readonly (readonly number[])[]
}

/** Scores sequences by a model of either head. */
export async function scoreTokens(
  engine: Engine,
  sequences: readonly Int32Array[],
): Promise<readonly (ScoredTokens | ClassifiedTokens)[]> {
  const { head, classes } = engine.info
  if (head === 'token-classification') {
    const logits = await engine.classify(sequences)
    return sequences.map((ids, i) => ({
      ids: [...ids],
      logits: Array.from(ids, (_, t) => [...logits[i]!.subarray(t * classes, (t + 1) * classes)]),
    }))
  }
  const scores = await engine.score(sequences)
  return sequences.map((ids, i) => {
    const { logprobs, entropies } = scores[i]!
    return {
      ids: [...ids],
      logprobs: afterFirst(ids, logprobs),
      entropies: entropies && afterFirst(ids, entropies),
    }
  })
}

function afterFirst(ids: Int32Array, values: Float32Array): (number | null)[] {
  return ids.length === 0 ? [] : [null, ...values]
}

async function* sequencesOf(file: string | undefined, model: OpenModel) {
  for await (const { value, where } of readRecords(file)) {
    const { text, ids } = parseRow(scoreRow, value, where)
    yield await idsOf({ text, ids }, model, 'text', where)
  }
}

const command = defineCommand({
  meta: {
    name: 'score',
    description: 'Log-probability and entropy of every token; of a token classifier, its logits',
  },
  args: {
    file: {
      type: 'positional',
      required: false,
      description: 'JSON Lines of {text} or {ids}; standard input when absent or -',
    },
    model: {
      type: 'string',
      valueHint: 'model',
      required: true,
      description: 'folder of the model, or a GGUF file',
    },
    ...keptArgs,
    ...placeArgs,
  },
  async run({ args }) {
    const model = await openModel(args.model, args)
    try {
      for await (const batch of batches(sequencesOf(args.file, model), batchSize))
        for (const line of await scoreTokens(model.engine, batch)) await writeRecord(line)
    } finally {
      await model.engine.close()
    }
  },
})

export default { ...command, sections: [placeSection] }
