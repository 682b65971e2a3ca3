// What a machine can be expected to do, from the shape of a model and from how fast it multiplies matrices. Estimates:
// docs/install.md has the formulas.

import type { ModelConfig } from '../../engine/hf/config.ts'
import { parameterTable } from '../../engine/hf/parameters.ts'

/** Bytes that work with a model takes. */
export interface Memory {
  readonly sample: number
  readonly lora: number // to learn a low-rank adapter
  readonly full: number // to learn every weight
}

/** What is estimated of a model. */
export interface Estimate {
  readonly name: string
  readonly parameters: number
  readonly memory: Memory
  readonly iterationSeconds: number // of full training, with the rollouts below
}

export const rollouts = { problems: 8, samples: 8, tokens: 200 } as const
const read = 300 // tokens of a rollout with its prompt
const inRectangle = 8 * 256 // tokens whose values are in memory at once
const program = 0.3e9 // bytes of Node and the library

// Of the speed of a product of matrices, as measured from 5 to 135 million parameters.
const sampling = 0.3
const training = 0.6

type Shape = Pick<
  ModelConfig,
  'hiddenSize' | 'intermediateSize' | 'layers' | 'heads' | 'kvHeads' | 'headDim' | 'vocabSize'
>

/** The memory of a model's work, 64 rollouts at once where it samples. */
export function memoryOf(shape: Shape, parameters: number): Memory {
  const { hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, vocabSize } = shape
  const cache = rollouts.problems * rollouts.samples * read * layers * 2 * kvHeads * headDim * 4
  const layer = 7 * hiddenSize + 5 * intermediateSize + heads * 256
  const values = inRectangle * 4 * ((layers + 3) * layer + 3 * vocabSize)
  return {
    sample: program + 4 * parameters + cache,
    lora: program + 4 * parameters + values,
    full: program + 20 * parameters + values, // weights, gradient, two moments, and the reference
  }
}

/** Seconds of an iteration: rollouts, their probabilities once more, and the update of every weight. */
export function iterationSeconds(parameters: number, gflops: number): number {
  const { problems, samples, tokens } = rollouts
  const count = problems * samples
  const generated = (count * tokens * 2 * parameters) / sampling
  const learned = (count * read * (2 + 6) * parameters) / training
  return (generated + learned) / (gflops * 1e9)
}

/** What to expect of a model. */
export function estimate(name: string, config: ModelConfig, gflops: number): Estimate {
  const { offset, size } = parameterTable(config).at(-1)!
  const parameters = offset + size
  return {
    name,
    parameters,
    memory: memoryOf(config, parameters),
    iterationSeconds: iterationSeconds(parameters, gflops),
  }
}
