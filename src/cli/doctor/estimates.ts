// What a machine can be expected to do, from the shape of a model and from how fast it multiplies matrices. Estimates:
// docs/install.md has the formulas.

import type { ModelConfig } from '../../engine/hf/config.ts'
import { parameterCount } from '../../engine/hf/parameters.ts'
import { bytesPerToken } from '../../engine/onnx/memory.ts'

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
const inRectangle = 8 * 256 // tokens whose values are in memory at once, where they are no more than the engine's limits:
const limits = { values: 2 ** 31, cache: 2 ** 30, logits: 3 * 4 * 2 ** 24 } // bytes
const laidOut = 2e8 // parameters up to which weights are laid out once more for decoding
const program = 0.3e9 // bytes of Node and the library

// Of the speed of a product of matrices, as measured from 5 to 135 million parameters.
const sampling = 0.3
const training = 0.6

/** The memory of a model's work, 64 rollouts at once where it samples; on the high side of what was measured. */
export function memoryOf(config: ModelConfig, parameters: number): Memory {
  const { layers, kvHeads, headDim } = config
  const count = rollouts.problems * rollouts.samples
  const cache = Math.min(limits.cache, count * read * layers * 2 * kvHeads * headDim * 4)
  const perToken = bytesPerToken(config, 256, { recompute: false })
  const values = Math.min(limits.values, inRectangle * perToken) + limits.logits
  const copies = parameters <= laidOut ? 2 : 1
  return {
    sample: program + copies * 4 * parameters + cache,
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
  const parameters = parameterCount(config)
  return {
    name,
    parameters,
    memory: memoryOf(config, parameters),
    iterationSeconds: iterationSeconds(parameters, gflops),
  }
}
