// The only file that touches the tensor library.

import * as ort from 'onnxruntime-node'
import { EngineError } from '../../errors.ts'
import type { Device } from '../engine.ts'
import { settleDrivers } from './drivers.ts'
import { encodeModel } from './protobuf.ts'

/** What a graph is fed: values and their shape. */
export interface Fed {
  readonly data: Float32Array | BigInt64Array | Uint16Array | Int8Array | Uint8Array
  readonly shape: readonly number[]
}
export type Feeds = Readonly<Record<string, Fed>>

/** A compiled graph. Inputs are read in place; outputs are copied out by the library. */
export interface Session {
  /** Runs the graph; all outputs are float32, row-major, under the names they were built with. */
  run(feeds: Feeds): Promise<Readonly<Record<string, Float32Array>>>
  close(): Promise<void>
}

/** Where graphs run, and how many threads of the processor one operation may use. */
export interface Place {
  readonly device?: Device // default 'cpu'
  readonly threads: number
  /** Memory is laid out once for each shape that comes: no slower where operations are short, but twice as much. */
  readonly planned?: boolean // default true
  readonly unpacks?: boolean // weights that are not float32; default false
}

/** A weight that is unpacked for the gradient again would otherwise be kept unpacked from the first time on. */
const twice = { optimization: { disable_specified_optimizers: 'CommonSubexpressionElimination' } }

/** Compiles an ONNX file; what is `held` is fed at every run, as it then is. */
export async function openSession(
  model: Uint8Array,
  { device = 'cpu', threads, planned = true, unpacks = false }: Place,
  held: Feeds = {},
): Promise<Session> {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [device],
    intraOpNumThreads: threads,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    enableMemPattern: planned,
    ...(unpacks && { extra: twice }),
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

/** Throws EngineError, with the reason and what to do, where a device cannot be used on this machine. */
export async function requireDevice(device: Device): Promise<void> {
  if (device === 'cpu') return
  settleDrivers(device)
  const tensor = { type: 'float32', shape: [1] } as const
  const node = { op: 'Neg', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} }
  const graph = encodeModel({
    nodes: [node],
    constants: [],
    inputs: [{ name: 'x', ...tensor }],
    outputs: [{ name: 'y', ...tensor }],
  })
  try {
    await (await openSession(graph, { device, threads: 1 })).close()
  } catch (cause) {
    throw new EngineError(
      `the device ${device} cannot be used here: ${lackOf(device, cause)}; the device cpu always can`,
      { cause },
    )
  }
}

/** What a device needs that could not be used, and what the library said, less where in itself it said so. */
export function lackOf(device: Device, cause: unknown): string {
  const line = message(cause).trim().split('\n').at(-1)!
  const reason = line
    .replace(/^the tensor library refused a graph: /, '')
    .replace(/^.*\bwas false\.? /, '')
  return device === 'cpu' ? reason : `${needs[device]} (${reason.trim()})`
}

const needs: Readonly<Record<Exclude<Device, 'cpu'>, string>> = {
  webgpu: 'it needs a graphics adapter with a Vulkan, Metal or Direct3D 12 driver',
  cuda: "it needs an NVIDIA driver, CUDA 12, and the tensor library's CUDA provider, which its own install step fetches",
}

/** Weights and caches are fed many times: what was made of them is kept as long as they are. */
const made = new WeakMap<Fed, ort.Tensor>()

function tensorOf(fed: Fed): ort.Tensor {
  const before = made.get(fed)
  if (before !== undefined) return before
  const { data, shape } = fed
  const tensor = libraryTensor(data, shape)
  made.set(fed, tensor)
  return tensor
}

function libraryTensor(data: Fed['data'], shape: readonly number[]): ort.Tensor {
  if (data instanceof BigInt64Array) return new ort.Tensor('int64', data, shape)
  if (data instanceof Uint16Array) return new ort.Tensor('uint16', data, shape)
  if (data instanceof Int8Array) return new ort.Tensor('int8', data, shape)
  if (data instanceof Uint8Array) return new ort.Tensor('uint8', data, shape)
  return new ort.Tensor('float32', data, shape)
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
