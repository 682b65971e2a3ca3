// What a machine can be expected to do, from the shape of a model and from how fast it multiplies matrices. Estimates:
// docs/install.md has the formulas.

import type { ModelConfig } from '../../engine/hf/config.ts'
import { projections } from '../../engine/hf/lora.ts'
import { parameterCount } from '../../engine/hf/parameters.ts'
import { peakBytes } from '../../engine/onnx/memory.ts'
import { runBytes } from '../../train/memory.ts'
import type { WholeRequest } from '../../train/request/request.ts'

/** Bytes at the peak of work with a model. */
export interface Memory {
  readonly sample: number
  readonly lora: number // iterations that learn an adapter of rank 8
  readonly full: number // iterations that learn every weight, without a reference
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

// Of the speed of a product of matrices, as measured from 5 to 135 million parameters.
const sampling = 0.3
const training = 0.6

/** Bytes at the peak of a model's work on those rollouts, as `train` reckons them before it begins. */
export function memoryOf(config: ModelConfig): Memory {
  const { problems, samples, tokens } = rollouts
  const rows = problems * samples
  const learning = (lora: WholeRequest['lora']): number =>
    runBytes(
      { policy: config, beside: [] },
      { lora, baseType: 'float32', maxTokens: tokens, problems },
      { groupSize: samples },
    )
  return {
    // what is sampled alone is read a prompt at a time
    sample: peakBytes(config, {
      ...{ learns: 'nothing', base: 'float32', rows, length: read, valueBytes: 0 },
    }),
    lora: learning({ rank: 8, alpha: 16, targets: projections }),
    full: learning(null),
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
    memory: memoryOf(config),
    iterationSeconds: iterationSeconds(parameters, gflops),
  }
}
