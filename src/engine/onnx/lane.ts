// A lane: a thread that does its share of a model's work on weights of its own, which follow those of the model.

import { parentPort, workerData } from 'node:worker_threads'
import { type Failure, failureOf } from '../../threads/failure.ts'
import type { TokenBytes } from '../../tokenizer/tokenizer.ts'
import type { ModelConfig } from '../hf/config.ts'
import type { PackedWeights } from '../hf/packed.ts'
import { Model, type ModelOptions, type ModelParts } from './model.ts'
import type { Checkpoint } from './reading.ts'
import { doWork, type WorkArgs, type WorkName } from './work.ts'

/** What a lane begins with. */
export interface LaneSource {
  readonly config: ModelConfig
  readonly values: Float32Array | PackedWeights
  readonly options: ModelOptions & ModelParts
  readonly memory: LaneMemory
}
/** What a model and its lanes have in common; the library cannot read it. */
export interface LaneMemory {
  readonly trained: Float32Array // the weights that learn, of the model
  readonly gradient: Float32Array // of the lane, to be added to the model's
  readonly stop: Int32Array // [1]: not 0 where the work is to stop
}
export type LaneRequest =
  | { readonly verb: 'close' }
  | {
      readonly verb: WorkName
      readonly args: readonly unknown[]
      readonly version: number
      readonly changed: boolean // the weights, since the last request
      readonly tokens: TokenBytes | null
    }
export interface LaneAnswer {
  readonly value?: unknown
  readonly error?: Failure
}

const port = parentPort!
const { config, values, options, memory } = workerData as LaneSource
const model = new Model(config, values, { ...options, gradient: memory.gradient })
const checkpoint: Checkpoint = () => {
  if (Atomics.load(memory.stop, 0) !== 0) throw new Error('another lane has stopped')
}

port.on('message', async (request: LaneRequest) => {
  if (request.verb === 'close') {
    await model.close()
    port.close()
    return
  }
  const { verb, args, version, changed, tokens } = request
  try {
    if (changed) {
      model.trained.set(memory.trained)
      await model.renew(version, null)
    }
    model.tokens = tokens
    const value = await doWork(verb, model, checkpoint, args as WorkArgs<WorkName>)
    port.postMessage({ value } satisfies LaneAnswer)
  } catch (error) {
    port.postMessage({ error: failureOf(error) } satisfies LaneAnswer)
  }
})
