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
  const heldTensors = tensorsOf(held)
  let open = true
  return {
    run: async feeds => {
      const tensors = { ...heldTensors, ...tensorsOf(feeds) }
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

function tensorsOf(feeds: Feeds): Record<string, ort.Tensor> {
  const tensors: Record<string, ort.Tensor> = {}
  for (const [name, { data, shape }] of Object.entries(feeds)) {
    tensors[name] =
      data instanceof BigInt64Array
        ? new ort.Tensor('int64', data, shape)
        : new ort.Tensor('float32', data, shape)
  }
  return tensors
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
