// The Tinker protocol as the hosted service speaks it: passes over sequences go out, and they and samples come back, as
// protobuf; all else is JSON.

import type { Call, Dialect, Drawn, Numbered, Prompted } from '../dialect.ts'
import { binaryType, futureReader } from './future.ts'
import { carried, drawnOf, logprobsOf, ones, sampleBody, tinkerJson, withoutFirst } from './json.ts'
import { jsonBytes } from './json-bytes.ts'
import {
  type BatchedTensor,
  dtypes,
  passOutput,
  passRequest,
  sampleOutput,
  stopReasons,
  type Tensor,
} from './messages.ts'

/** The dialect of the hosted service. */
export const tinkerProto: Dialect = {
  ...tinkerJson,
  name: 'tinker-proto',
  forward: (of, sequences) => {
    const data = sequences.map(({ ids }) => datum(ids, { weights: ones(ids.length - 1) }))
    return pass('forward', of, { data, loss: 'cross_entropy', config: null, forward: true })
  },
  forwardBackward: (of, sequences, carrier) => {
    const { loss, config, inputs } = carried(carrier)
    const data = sequences.map(sequence => datum(sequence.ids, inputs(sequence)))
    return pass('forward_backward', of, { data, loss, config, forward: false })
  },
  sample: prompted => ({
    what: 'asample',
    question: { path: 'asample', body: jsonBytes(sampleBody(prompted)) },
    read: futureReader(
      found => drawnOf(found, prompted),
      bytes => drawn(bytes, prompted),
    ),
  }),
}

interface Pass {
  readonly data: readonly ReturnType<typeof datum>[]
  readonly loss: string
  readonly config: Readonly<Record<string, number>> | null
  readonly forward: boolean
}

function pass(
  what: string,
  { model, number }: Numbered,
  { data, loss, config, forward }: Pass,
): Call<readonly Float32Array[]> {
  const body = passRequest({
    modelId: model,
    seqId: number,
    data,
    lossFn: loss,
    lossFnConfig: config ?? {},
    forwardOnly: forward,
  })
  const headers = { 'content-type': binaryType }
  return {
    what,
    question: { path: 'forward_backward', body, headers },
    read: futureReader(logprobsOf, bytes =>
      passOutput(bytes).lossFnOutputs.flatMap(({ fields }) => {
        if (fields.logprobs === undefined) throw new SyntaxError('no log-probabilities')
        return arraysOf(fields.logprobs)
      }),
    ),
  }
}

/** A sequence as it travels: all but its last id go in, all but its first are the targets. */
function datum(ids: Int32Array, inputs: Readonly<Record<string, Float32Array>>) {
  const targets = BigInt64Array.from(ids.subarray(1), BigInt)
  const tensors: [string, Tensor][] = Object.entries(inputs).map(([name, values]) => [
    name,
    tensor(values, dtypes.float32),
  ])
  return {
    modelInput: [{ encodedText: { tokens: bytesOf(ids.subarray(0, -1)) } }],
    lossFnInputs: {
      target_tokens: tensor(targets, dtypes.int64),
      ...Object.fromEntries(tensors),
    },
  }
}

function tensor(values: Float32Array | BigInt64Array, dtype: number): Tensor {
  return { dense: bytesOf(values), dtype, shape: [BigInt(values.length)] }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)
}

/** The arrays of a batch; throws where its offsets do not fit its data. */
function arraysOf({ data, offsets, dtype }: BatchedTensor): Float32Array[] {
  const ends = Array.from(new BigInt64Array(aligned(offsets)), Number)
  return ends.slice(1).map((end, i) => {
    const start = ends[i]!
    if (!(start >= 0 && start <= end && end <= data.length))
      throw new SyntaxError(`an array from byte ${start} to ${end} of ${data.length}`)
    return floats(data.subarray(start, end), dtype)
  })
}

function floats(bytes: Uint8Array, dtype: number): Float32Array {
  if (dtype === dtypes.float32) return new Float32Array(aligned(bytes))
  if (dtype !== dtypes.bfloat16) throw new SyntaxError(`numbers of the kind ${dtype}`)
  const high = new Uint16Array(aligned(bytes))
  return new Float32Array(Uint32Array.from(high, half => half * 2 ** 16).buffer)
}

/** A copy that typed arrays can begin at; they throw where it is no whole number of entries. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer
}

function drawn(bytes: Uint8Array, { ids }: Prompted): Drawn {
  const { sequences, promptLogprobs } = sampleOutput(bytes)
  return {
    completions: sequences.map(({ stopReason, tokens, logprobs }) => ({
      ids: new Int32Array(aligned(tokens)),
      logprobs: new Float32Array(aligned(logprobs)),
      stop: stopReasons[stopReason] ?? 'stop',
    })),
    promptLogprobs: withoutFirst(
      promptLogprobs.length === 0 ? null : new Float32Array(aligned(promptLogprobs)),
      ids.length,
    ),
  }
}
