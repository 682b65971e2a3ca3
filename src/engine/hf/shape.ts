// What has to be known of a model that is computed elsewhere: of any family, quantised or not. A graph is not built of it.

import { z } from 'zod'
import { DataError, EngineError } from '../../errors.ts'
import { parseJson } from '../../model-source/json.ts'
import { jsonOf, modelSource } from '../../model-source/model-source.ts'
import type { ModelConfig } from './config.ts'

/** What a model reads and gives. */
export interface ModelShape extends Pick<ModelConfig, 'head' | 'classes' | 'headHidden'> {
  readonly architecture: string // the class of transformers
  readonly vocabSize: number
  readonly maxPositions: number // infinite where its config.json does not say it
}

const count = z.int().positive()
const sizes = { vocab_size: count.optional(), max_position_embeddings: count.optional() }
const schema = z.looseObject({
  architectures: z.array(z.string()).min(1),
  ...sizes,
  text_config: z.looseObject(sizes).optional(), // of a model that also sees
  id2label: z.record(z.string(), z.unknown()).optional(),
  num_labels: count.optional(),
})

/** Heads by the end of a class's name, and how many classes they have where nothing says it. */
const heads: readonly { readonly end: RegExp; readonly classes: number }[] = [
  { end: /For(CausalLM|ConditionalGeneration)$/, classes: 0 },
  { end: /For(TokenClassification|ProcessRewardModel|SequenceClassification)$/, classes: 2 },
  { end: /For(RewardModel|PrmModel)$/, classes: 1 },
]

/** The shape of a model's config.json; a DataError where there is none, an EngineError where its class has no known head. */
export async function readShape(path: string): Promise<ModelShape> {
  const source = await modelSource(path)
  const file = source.where('config.json')
  const json = await jsonOf(source, 'config.json')
  if (json === null) throw new DataError(`${file}: no such file; expected a Hugging Face folder`)
  const raw = parseJson(file, schema, json)
  const architecture = raw.architectures[0]!
  const found = heads.find(({ end }) => end.test(architecture))
  if (found === undefined)
    throw new EngineError(
      `${file}: ${architecture} is neither a language model nor a classifier of tokens`,
    )
  const vocabSize = raw.vocab_size ?? raw.text_config?.vocab_size
  if (vocabSize === undefined) throw new DataError(`${file}: vocab_size: missing`)
  const labels = Object.keys(raw.id2label ?? {}).length
  const language = found.classes === 0
  return {
    architecture,
    head: language ? 'language-model' : 'token-classification',
    vocabSize,
    maxPositions:
      raw.max_position_embeddings ??
      raw.text_config?.max_position_embeddings ??
      Number.POSITIVE_INFINITY,
    classes: language ? 0 : labels || (raw.num_labels ?? found.classes),
    headHidden: architecture.endsWith('ForProcessRewardModel'),
  }
}
