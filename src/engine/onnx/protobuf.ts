// The part of the ONNX file format that a graph needs (onnx.proto3, IR version 9), encoded by hand:
// the schema is fixed and small, and the packages that carry it weigh more than the engine.

export type ElementType = 'float32' | 'uint8' | 'uint16' | 'int8' | 'int64' | 'int32' | 'bool'
export type Dim = number | string
export type Shape = readonly Dim[]

/** Attribute values: integers are numbers, floats are wrapped so that 1 and 1.0 stay apart. */
export type Attribute = number | string | readonly number[] | { readonly float: number }
export type Attributes = Readonly<Record<string, Attribute>>

export interface NodeDef {
  readonly op: string
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Attributes
}
export interface TensorDef {
  readonly name: string
  readonly type: ElementType
  readonly shape: Shape
}
export interface ConstantDef extends TensorDef {
  readonly data: Uint8Array
}
export interface ModelDef {
  readonly opset?: number // version of the operations; default 17
  readonly nodes: readonly NodeDef[]
  readonly constants: readonly ConstantDef[]
  readonly inputs: readonly TensorDef[]
  readonly outputs: readonly TensorDef[]
}

const elementCodes: Record<ElementType, number> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int32: 6,
  int64: 7,
  bool: 9,
}
const utf8 = new TextEncoder()

/** The bytes of an ONNX model that ONNX Runtime loads. */
export function encodeModel(model: ModelDef): Uint8Array {
  const graph = new Message()
  for (const node of model.nodes) graph.message(1, encodeNode(node))
  graph.text(2, 'minform')
  for (const constant of model.constants) graph.message(5, encodeConstant(constant))
  for (const input of model.inputs) graph.message(11, encodeTensorType(input))
  for (const output of model.outputs) graph.message(12, encodeTensorType(output))
  return new Message()
    .int(1, 9)
    .message(7, graph)
    .message(8, new Message().text(1, '').int(2, model.opset ?? 17))
    .message(8, new Message().text(1, 'com.microsoft').int(2, 1))
    .bytes()
}

function encodeNode(node: NodeDef): Message {
  const out = new Message()
  for (const name of node.inputs) out.text(1, name)
  for (const name of node.outputs) out.text(2, name)
  out.text(3, `${node.op}:${node.outputs[0]}`).text(4, node.op)
  for (const [name, value] of Object.entries(node.attributes)) {
    out.message(5, encodeAttribute(name, value))
  }
  if (node.domain !== '') out.text(7, node.domain)
  return out
}

function encodeAttribute(name: string, value: Attribute): Message {
  const out = new Message().text(1, name)
  if (typeof value === 'number') return out.int(3, value).int(20, 2)
  if (typeof value === 'string') return out.raw(4, utf8.encode(value)).int(20, 3)
  if ('float' in value) return out.float(2, value.float).int(20, 1)
  for (const item of value) out.int(8, item)
  return out.int(20, 7)
}

function encodeConstant({ name, type, shape, data }: ConstantDef): Message {
  const out = new Message()
  for (const dim of shape) out.int(1, Number(dim))
  return out.int(2, elementCodes[type]).text(8, name).raw(9, data)
}

function encodeTensorType({ name, type, shape }: TensorDef): Message {
  const dims = new Message()
  for (const dim of shape) {
    dims.message(
      1,
      typeof dim === 'string' ? new Message().text(2, dim) : new Message().int(1, dim),
    )
  }
  const tensor = new Message().int(1, elementCodes[type]).message(2, dims)
  return new Message().text(1, name).message(2, new Message().message(1, tensor))
}

/** A protobuf message under construction. */
class Message {
  private readonly parts: Uint8Array[] = []
  private size = 0

  int(field: number, value: number): this {
    this.push(varint(field << 3))
    return this.push(varint(value))
  }
  float(field: number, value: number): this {
    this.push(varint((field << 3) | 5))
    return this.push(new Uint8Array(Float32Array.of(value).buffer))
  }
  raw(field: number, data: Uint8Array): this {
    this.push(varint((field << 3) | 2))
    this.push(varint(data.length))
    return this.push(data)
  }
  text(field: number, value: string): this {
    return this.raw(field, utf8.encode(value))
  }
  /** The message's parts are taken over as they are: weights inside are copied once, at the end. */
  message(field: number, value: Message): this {
    this.push(varint((field << 3) | 2))
    this.push(varint(value.size))
    for (const part of value.parts) this.push(part)
    return this
  }
  bytes(): Uint8Array {
    const out = new Uint8Array(this.size)
    let at = 0
    for (const part of this.parts) {
      out.set(part, at)
      at += part.length
    }
    return out
  }
  private push(part: Uint8Array): this {
    this.parts.push(part)
    this.size += part.length
    return this
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value)) // negative integers take ten bytes
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}
