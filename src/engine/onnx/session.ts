// The only file that touches the tensor library.

import * as ort from 'onnxruntime-node'
import { EngineError } from '../../errors.ts'

/** What a graph is fed: values and their shape. */
export interface Fed {
  readonly data: Float32Array | BigInt64Array
  readonly shape: readonly number[]
}
export type Feeds = Readonly<Record<string, Fed>>

/** A compiled graph. Inputs are read in place; outputs are copied out by the library. */
export interface Session {
  /** Runs the graph; all outputs are float32, row-major, under the names they were built with. */
  run(feeds: Feeds): Promise<Readonly<Record<string, Float32Array>>>
  close(): Promise<void>
}

/** Compiles an ONNX file for the CPU with `threads` threads; what is `held` is fed at every run, as it then is. */
export async function openSession(
  model: Uint8Array,
  threads: number,
  held: Feeds = {},
): Promise<Session> {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  }).catch(cause => {
    throw new EngineError(`the tensor library refused a graph: ${message(cause)}`, { cause })
  })
  let open = true
  return {
    run: async feeds => {
      const tensors: Record<string, ort.Tensor> = {}
      for (const name of session.inputNames) {
        const fed = feeds[name] ?? held[name]
        if (fed === undefined) throw new EngineError(`a graph was not fed ${name}`)
        tensors[name] = tensorOf(fed)
      }
      const results = await session.run(tensors).catch(cause => {
        throw new EngineError(`the tensor library failed: ${message(cause)}`, { cause })
      })
      const out: Record<string, Float32Array> = {}
      for (const name of session.outputNames) out[name] = results[name]!.data as Float32Array
      return out
    },
    close: async () => {
      if (open) await session.release()
      open = false
    },
  }
}

/** Weights and caches are fed many times: what was made of them is kept as long as they are. */
const made = new WeakMap<Fed, ort.Tensor>()

function tensorOf(fed: Fed): ort.Tensor {
  const before = made.get(fed)
  if (before !== undefined) return before
  const { data, shape } = fed
  const tensor =
    data instanceof BigInt64Array
      ? new ort.Tensor('int64', data, shape)
      : new ort.Tensor('float32', data, shape)
  made.set(fed, tensor)
  return tensor
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
