// A graph of tensor operations that can be differentiated and written as ONNX.
// Operations live in ops/: each adds its nodes here and records how a gradient passes through it.

import { EngineError } from '../../errors.ts'
import type { Device } from '../engine.ts'
import {
  type Attributes,
  type ConstantDef,
  type ElementType,
  encodeModel,
  type NodeDef,
  type Shape,
  type TensorDef,
} from './protobuf.ts'

export type { Attributes, Dim, ElementType, Shape } from './protobuf.ts'

/** One tensor of a graph; a string in its shape names a size that is known when the graph runs. */
export interface Value {
  readonly name: string
  readonly type: ElementType
  readonly shape: Shape
}

/** Given the gradient of each output (null where nothing depends on it), the gradient of each input. */
export type Backward = (gradients: readonly (Value | null)[]) => readonly (Value | null)[]

interface TapeEntry {
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  readonly backward: Backward
}

/** Where a differentiation starts: a value, and the scalar's gradient for it. */
export interface Seed {
  readonly of: Value
  readonly gradient: Value
}

export interface NodeOptions {
  readonly attributes?: Attributes
  readonly domain?: '' | 'com.microsoft'
}

/** What operations return that is not float32. */
const outputTypes: Readonly<Record<string, ElementType>> = {
  Shape: 'int64',
  QuantizeLinear: 'uint8',
}

export class Graph {
  /** Where it will run, for operations that the library computes another way there. */
  readonly device: Device
  /** Whether a gradient may be asked for; without it operations need not keep what is between. */
  readonly learns: boolean
  private readonly nodes: NodeDef[] = []
  private readonly constants: ConstantDef[] = []
  private readonly inputs: TensorDef[] = []
  private tape: TapeEntry[] = []
  private readonly shared = new Map<string, Value>()
  private count = 0
  private opset: number
  private readonly unpacking = new Map<string, () => Value>()

  constructor(device: Device = 'cpu', { learns = true }: { readonly learns?: boolean } = {}) {
    this.device = device
    this.learns = learns
    this.opset = learns || device !== 'cpu' ? 17 : 23 // attention in one operation came with 23
  }

  /** A tensor that the caller feeds. */
  input(name: string, type: ElementType, shape: Shape): Value {
    const value = { name, type, shape }
    this.inputs.push(value)
    return value
  }

  /** A tensor of weights that is part of the graph. */
  fixed(name: string, shape: Shape, values: Float32Array): Value {
    const value: Value = { name, type: 'float32', shape }
    const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    this.constants.push({ ...value, data })
    return value
  }

  /** Integers of 8 bits that are part of the graph. */
  fixedBytes(name: string, shape: Shape, values: Int8Array): Value {
    const value: Value = { name, type: 'int8', shape }
    const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    this.constants.push({ ...value, data })
    return value
  }

  /**
   * An input that is not float32 but as `unpack` makes it so. For the gradient it is unpacked again, not kept. Reading bits
   * as another type needs version 26 of the operations.
   */
  packed(input: Value, unpack: () => Value): Value {
    if (input.type === 'uint16') this.opset = 26
    const value = unpack()
    this.unpacking.set(value.name, unpack)
    return value
  }

  /** A value again: itself, or anew where it was packed. */
  again(value: Value): Value {
    return this.unpacking.get(value.name)?.() ?? value
  }

  /** The mean over the last axis, [..., 1]. What tells the axis is an attribute in old versions of the operation. */
  rowMean(x: Value): Value {
    const shape = [...x.shape.slice(0, -1), 1]
    const old = this.opset < 18
    const inputs = old ? [x] : [x, this.integers([-1])]
    const attributes = { keepdims: 1, ...(old && { axes: [-1] }) }
    return this.node('ReduceMean', inputs, shape, { attributes })
  }

  /** Integers that a node needs as a tensor, such as axes or a target shape; equal ones are shared. */
  integers(values: readonly number[]): Value {
    return this.constant(
      'int64',
      [values.length],
      BigInt64Array.from(values, x => BigInt(x)),
    )
  }

  /** One number as a tensor without dimensions. */
  scalar(value: number): Value {
    return this.constant('float32', [], Float32Array.of(value))
  }

  /** One byte as a tensor without dimensions. */
  byte(value: number): Value {
    return this.constant('uint8', [], Uint8Array.of(value))
  }

  /** Adds a node with one output. */
  node(op: string, inputs: readonly Value[], shape: Shape, options: NodeOptions = {}): Value {
    return this.nodeOutputs(op, inputs, [shape], options)[0] as Value
  }

  /** Adds a node with several outputs. */
  nodeOutputs(
    op: string,
    inputs: readonly Value[],
    shapes: readonly Shape[],
    { attributes = {}, domain = '' }: NodeOptions = {},
  ): Value[] {
    const type = outputTypes[op] ?? 'float32'
    const outputs = shapes.map((shape): Value => ({ name: `t${this.count++}`, type, shape }))
    this.nodes.push({
      op,
      domain,
      attributes,
      inputs: inputs.map(v => v.name),
      outputs: outputs.map(v => v.name),
    })
    return outputs
  }

  /** Remembers how a gradient passes from outputs back to inputs. */
  record(inputs: readonly Value[], outputs: readonly Value[], backward: Backward): void {
    if (this.learns) this.tape.push({ inputs, outputs, backward })
  }

  /**
   * y = part(x), x [T, D] and y [N, D], whose inner values are not kept for the gradient but computed again
   * (arXiv:1604.06174): memory of one part instead of all, for a third more work.
   */
  recomputed(x: Value, part: (x: Value) => Value): Value {
    const [y, entries] = this.recording(() => part(x))
    const made = new Set(entries.flatMap(entry => entry.outputs.map(v => v.name)))
    const used = new Map(entries.flatMap(entry => entry.inputs.map(v => [v.name, v] as const)))
    const free = [...used.values()].filter(v => !made.has(v.name) && v.name !== x.name)
    this.record([x, ...free], [y], ([dy]) => {
      const again = this.late(x, dy!)
      const [second, inner] = this.recording(() => part(again))
      const seeds = [{ of: second, gradient: dy! }]
      return this.backpropagate(inner, seeds, [again, ...free])
    })
    return y
  }

  /**
   * Adds the nodes that compute the gradient of a scalar for each parameter, given the scalar's gradient for some
   * values: reverse-mode differentiation over what was recorded so far.
   */
  gradients(seeds: readonly Seed[], parameters: readonly Value[]): Value[] {
    const found = this.backpropagate(this.tape, seeds, parameters)
    return parameters.map((p, i) => {
      if (found[i] === null) throw new EngineError(`gradients: nothing depends on ${p.name}`)
      return found[i] as Value
    })
  }

  /** The ONNX file whose outputs are these values, under these names; inputs that nothing reads are none of it. */
  build(outputs: Readonly<Record<string, Value>>): Uint8Array {
    const names = new Map(Object.entries(outputs).map(([name, value]) => [value.name, name]))
    if (names.size !== Object.keys(outputs).length) {
      throw new EngineError('build: one value under two output names')
    }
    const rename = (name: string): string => names.get(name) ?? name
    const nodes = soonest(this.nodesBehind(Object.values(outputs)))
    const read = new Set([...nodes.flatMap(node => node.inputs), ...names.keys()])
    const isRead = ({ name }: TensorDef): boolean => read.has(name)
    return encodeModel({
      opset: this.opset,
      constants: this.constants.filter(isRead),
      inputs: this.inputs.filter(isRead),
      outputs: Object.entries(outputs).map(([name, value]) => ({ ...value, name })),
      nodes: nodes.map(node => ({
        ...node,
        inputs: node.inputs.map(rename),
        outputs: node.outputs.map(rename),
      })),
    })
  }

  /** The nodes that some outputs need, in order: a gradient that nobody asked for costs nothing. */
  private nodesBehind(outputs: readonly Value[]): NodeDef[] {
    const needed = new Set(outputs.map(v => v.name))
    const kept = this.nodes.toReversed().filter(node => {
      const counts = node.outputs.some(name => needed.has(name))
      if (counts) for (const name of node.inputs) needed.add(name)
      return counts
    })
    return kept.reverse()
  }

  /** The gradients of `roots` through what was recorded in `tape`; null where nothing depends on one. */
  private backpropagate(
    tape: readonly TapeEntry[],
    seeds: readonly Seed[],
    roots: readonly Value[],
  ): (Value | null)[] {
    const needed = dependents(tape, roots)
    const total = new Map<string, Value>()
    const add = (name: string, g: Value): void => {
      const before = total.get(name)
      total.set(name, before === undefined ? g : this.node('Add', [before, g], g.shape))
    }
    for (const { of, gradient } of seeds) add(of.name, gradient)
    for (const { inputs, outputs, backward } of tape.slice().reverse()) {
      if (!inputs.some(v => needed.has(v.name))) continue
      const arrived = outputs.map(v => total.get(v.name) ?? null)
      if (arrived.every(g => g === null)) continue
      backward(arrived).forEach((g, i) => {
        const input = inputs[i] as Value
        if (g !== null && needed.has(input.name)) add(input.name, g)
      })
    }
    return roots.map(v => total.get(v.name) ?? null)
  }

  /** Runs `work` and takes what it recorded off the tape. */
  private recording<T>(work: () => T): [T, readonly TapeEntry[]] {
    const before = this.tape
    this.tape = []
    try {
      const result = work()
      return [result, this.tape]
    } finally {
      this.tape = before
    }
  }

  /**
   * x [T, D], but not before dy [N, D] is there: x + 0 * dy[0]. Without it the library would see that a part is
   * computed twice and keep the first result, or compute the second one early.
   */
  private late(x: Value, dy: Value): Value {
    const [, size] = x.shape
    const first = this.node('Gather', [dy, this.integers([0])], [1, size!], {
      attributes: { axis: 0 },
    })
    const nothing = this.node('Mul', [first, this.scalar(0)], [1, size!])
    return this.node('Add', [x, nothing], x.shape)
  }

  private constant(
    type: ElementType,
    shape: Shape,
    values: Float32Array | BigInt64Array | Uint8Array,
  ): Value {
    const key = `${type}[${shape}]${values.join()}`
    const before = this.shared.get(key)
    if (before !== undefined) return before
    const value: Value = { name: `c${this.count++}`, type, shape }
    const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    this.constants.push({ ...value, data })
    this.shared.set(key, value)
    return value
  }
}

/**
 * The nodes in an order in which the library frees memory soonest. It works backwards from the nodes that no other reads,
 * the last one in the file first. Those come last here, and of them the one that was made first: so a layer's gradients are
 * taken as soon as they can be, and a slice of logits is done with before the next one.
 */
function soonest(nodes: readonly NodeDef[]): NodeDef[] {
  const read = new Set(nodes.flatMap(node => node.inputs))
  const isInner = ({ outputs }: NodeDef): boolean => outputs.some(name => read.has(name))
  const ends = nodes.filter(node => !isInner(node))
  return [...nodes.filter(isInner), ...ends.reverse()]
}

/** Everything that depends on the roots, and the roots. */
function dependents(tape: readonly TapeEntry[], roots: readonly Value[]): Set<string> {
  const needed = new Set(roots.map(v => v.name))
  for (const { inputs, outputs } of tape) {
    if (inputs.some(v => needed.has(v.name))) for (const v of outputs) needed.add(v.name)
  }
  return needed
}

/** Refuses shapes that an operation cannot take, naming the operation and what it got. */
export function requireShapes(ok: boolean, op: string, expected: string, ...got: Value[]): void {
  if (ok) return
  const shapes = got.map(v => `${v.name} [${v.shape.join(', ')}]`).join(' and ')
  throw new EngineError(`${op}: got ${shapes}, expected ${expected}`)
}

/** Whether two shapes are the same, sizes and names alike. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i])
}
