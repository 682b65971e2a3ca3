// The messages of the hosted Tinker protocol (proto3, package tinker_public) that are written or read here, with their
// fields' numbers. Their descriptors are built when they are first used, so that nothing is generated.

import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  toBinary,
} from '@bufbuild/protobuf'
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt'

const scalars = {
  double: Type.DOUBLE,
  int64: Type.INT64,
  int32: Type.INT32,
  bool: Type.BOOL,
  string: Type.STRING,
  bytes: Type.BYTES,
} as const

type Field = readonly [number: number, type: string, many?: 'repeated' | 'map']

const messages: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  ForwardBackwardRequest: {
    model_id: [1, 'string'],
    seq_id: [2, 'int32'],
    data: [3, 'Datum', 'repeated'],
    loss_fn: [4, 'string'],
    loss_fn_config: [5, 'double', 'map'],
    forward_only: [6, 'bool'],
  },
  Datum: { model_input: [1, 'Chunk', 'repeated'], loss_fn_inputs: [2, 'Tensor', 'map'] },
  Chunk: { encoded_text: [1, 'EncodedText'] },
  EncodedText: { tokens: [1, 'bytes'] }, // int32
  Tensor: { dense: [1, 'bytes'], dtype: [3, 'int32'], shape: [4, 'int64', 'repeated'] },
  ForwardBackwardOutput: { loss_fn_outputs: [2, 'ArrayRecord', 'repeated'] },
  ArrayRecord: { fields: [2, 'BatchedTensor', 'map'], num_datums: [3, 'int64'] },
  BatchedTensor: { data: [1, 'bytes'], offsets: [2, 'bytes'], dtype: [3, 'int32'] },
  SampleResponse: {
    sequences: [1, 'SampledSequence', 'repeated'],
    prompt_logprobs: [2, 'bytes'], // float32
  },
  SampledSequence: {
    stop_reason: [1, 'int32'],
    tokens: [2, 'bytes'], // int32
    logprobs: [3, 'bytes'], // float32
  },
}

/** Numbers of kinds of entries, and of reasons to stop. */
export const dtypes = { float32: 1, int64: 2, int32: 3, bfloat16: 4 } as const
export const stopReasons = ['stop', 'length'] as const

/** A pass as it is asked for; fields are named as the library does. */
export interface PassRequest {
  readonly modelId: string
  readonly seqId: number
  readonly data: readonly {
    readonly modelInput: readonly { readonly encodedText: { readonly tokens: Uint8Array } }[]
    readonly lossFnInputs: Readonly<Record<string, Tensor>>
  }[]
  readonly lossFn: string
  readonly lossFnConfig: Readonly<Record<string, number>>
  readonly forwardOnly: boolean
}

export interface Tensor {
  readonly dense: Uint8Array
  readonly dtype: number
  readonly shape: readonly bigint[]
}

export interface PassOutput {
  readonly lossFnOutputs: readonly {
    readonly fields: Readonly<Record<string, BatchedTensor>>
    readonly numDatums: bigint
  }[]
}

/** Arrays of every datum behind one another; array i lies between bytes offsets[i] and offsets[i + 1]. */
export interface BatchedTensor {
  readonly data: Uint8Array
  readonly offsets: Uint8Array // int64
  readonly dtype: number
}

export interface SampleOutput {
  readonly sequences: readonly {
    readonly stopReason: number
    readonly tokens: Uint8Array
    readonly logprobs: Uint8Array
  }[]
  readonly promptLogprobs: Uint8Array
}

export function passRequest(request: PassRequest): Uint8Array<ArrayBuffer> {
  const schema = schemaOf('ForwardBackwardRequest')
  return toBinary(schema, create(schema, { ...request }))
}

/** Throws where the bytes are no such message. */
export function passOutput(bytes: Uint8Array): PassOutput {
  return fromBinary(schemaOf('ForwardBackwardOutput'), bytes) as unknown as PassOutput
}

/** Throws where the bytes are no such message. */
export function sampleOutput(bytes: Uint8Array): SampleOutput {
  return fromBinary(schemaOf('SampleResponse'), bytes) as unknown as SampleOutput
}

const space = 'tinker_public'
let built: ReturnType<typeof createFileRegistry> | null = null

function schemaOf(name: string): DescMessage {
  built ??= createFileRegistry(
    create(FileDescriptorProtoSchema, {
      name: 'tinker_public.proto',
      package: space,
      syntax: 'proto3',
      messageType: Object.entries(messages).map(descriptorOf),
    }),
    () => undefined,
  )
  return built.getMessage(`${space}.${name}`)!
}

function descriptorOf([name, fields]: [string, Readonly<Record<string, Field>>]): DescriptorProto {
  const maps = Object.entries(fields).filter(([, [, , many]]) => many === 'map')
  return create(DescriptorProtoSchema, {
    name,
    field: Object.entries(fields).map(([field, [number, type, many]]) => ({
      name: field,
      number,
      label: many === undefined ? Label.OPTIONAL : Label.REPEATED,
      ...typeOf(many === 'map' ? `${name}.${entryOf(field)}` : type),
    })),
    nestedType: maps.map(([field, [, type]]) => ({
      name: entryOf(field),
      options: { mapEntry: true },
      field: [
        { name: 'key', number: 1, label: Label.OPTIONAL, type: Type.STRING },
        { name: 'value', number: 2, label: Label.OPTIONAL, ...typeOf(type) },
      ],
    })),
  })
}

/** The name that protobuf gives to the entries of a map: loss_fn_inputs has LossFnInputsEntry. */
function entryOf(field: string): string {
  const words = field.split('_').map(word => word[0]!.toUpperCase() + word.slice(1))
  return `${words.join('')}Entry`
}

function typeOf(type: string): { readonly type: Type; readonly typeName?: string } {
  const scalar = scalars[type as keyof typeof scalars]
  if (scalar !== undefined) return { type: scalar }
  return { type: Type.MESSAGE, typeName: `.${space}.${type}` }
}
