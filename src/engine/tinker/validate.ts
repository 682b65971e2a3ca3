// What must be refused here: a foreign token or a number past float32 turns a server's model into NaN for good, an empty
// batch waits for ever, and positions past the model's are computed without complaint.

import { EngineError } from '../../errors.ts'
import type { ModelInfo, StepOptions, WeightedSequence } from '../engine.ts'
import { requireWeights } from '../targets.ts'
import type { OptimizerSettings } from './dialect.ts'
import type { StateOf } from './saving.ts'

type Shape = Pick<ModelInfo, 'vocabSize' | 'maxPositions'>

/** Refuses a sequence that does not fit the model. */
export function requireSequence(ids: Int32Array, { vocabSize, maxPositions }: Shape): void {
  if (ids.length > maxPositions)
    throw new EngineError(`a sequence of ${ids.length} tokens; the model takes ${maxPositions}`)
  const foreign = foreignIn(ids, vocabSize)
  if (foreign !== undefined)
    throw new EngineError(`token ${foreign}; the vocabulary has ${vocabSize}`)
}

/** Refuses what a server drew where its model cannot be the one whose shape is known here. */
export function requireDrawn(
  ids: Int32Array,
  { vocabSize }: Shape,
  { server, baseModel, folder }: StateOf,
): void {
  const foreign = foreignIn(ids, vocabSize)
  if (foreign === undefined) return
  throw new EngineError(
    `${server}: ${baseModel} draws token ${foreign}, and the vocabulary of ${folder ?? 'the model here'} has ${vocabSize}: ` +
      'they are different models; expected the configuration and tokenizer of the one that is served',
  )
}

function foreignIn(ids: Int32Array, vocabSize: number): number | undefined {
  return ids.find(id => !(id >= 0 && id < vocabSize))
}

/** Refuses a sequence to learn from that does not fit the model, or that asks for slopes of entropies. */
export function requireLearnable(sequence: WeightedSequence, shape: Shape): void {
  requireSequence(sequence.ids, shape)
  requireWeights(sequence)
  if (sequence.entropyWeights?.some(weight => weight !== 0))
    throw new EngineError('accumulate: this server cannot learn from entropies')
  if (sequence.drawn !== undefined)
    throw new EngineError('accumulate: this server cannot correct for what other weights drew')
}

/** The settings of a step, as a server that clips or does not takes them. Throws EngineError naming what it cannot do. */
export function stepSettings(
  { learningRate, betas, epsilon = 1e-8, weightDecay = 0, clipNorm = 1, only, rule }: StepOptions,
  clips: boolean,
): OptimizerSettings {
  const [beta1, beta2] = betas ?? [0.9, 0.95]
  if (only === 'head') throw new EngineError('step: this server cannot learn a head alone')
  if (rule === 'sgd')
    throw new EngineError('step: this server descends by AdamW alone; the rule was sgd')
  if (!clips && clipNorm !== null)
    throw new EngineError(
      `step: this server does not clip gradients, and clipNorm is ${clipNorm}; expected null`,
    )
  const settings = { learningRate, beta1, beta2, epsilon, weightDecay, clipNorm }
  for (const [name, value] of Object.entries(settings))
    if (value !== null && !(value >= 0 && value < Infinity))
      throw new EngineError(`step: ${name} ${value}; expected a number from 0`)
  for (const [name, beta] of Object.entries({ beta1, beta2 }))
    if (beta >= 1) throw new EngineError(`step: ${name} ${beta}; expected less than 1`)
  if (epsilon === 0) throw new EngineError('step: epsilon 0; expected a number above 0')
  return settings
}
