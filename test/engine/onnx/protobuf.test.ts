import { describe, expect, test } from 'vitest'
import {
  type Attribute,
  encodeModel,
  type ModelDef,
  type NodeDef,
} from '../../../src/engine/onnx/protobuf.ts'
import { openSession } from '../../../src/engine/onnx/session.ts'
import { EngineError } from '../../../src/errors.ts'

const empty: ModelDef = { nodes: [], constants: [], inputs: [], outputs: [] }
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const text = (value: string): string => hex(Buffer.from(value))
const node = (op: string, parts: Partial<NodeDef> = {}): NodeDef => ({
  op,
  domain: '',
  inputs: ['x'],
  outputs: ['y'],
  attributes: {},
  ...parts,
})

describe('bytes', () => {
  test('a model without nodes', () => {
    const version = '0809'
    const graph = `3a09${'1207'}${text('minform')}`
    const opset = `4204${'0a00'}${'1011'}` // '' at 17
    const contrib = `4211${'0a0d'}${text('com.microsoft')}${'1001'}`
    expect(hex(encodeModel(empty))).toBe(version + graph + opset + contrib)
  })

  test.each<{ what: string; value: Attribute; bytes: string }>([
    { what: 'an integer', value: 5, bytes: '1805a00102' },
    { what: 'an integer of two bytes', value: 300, bytes: '18ac02a00102' },
    { what: 'a negative integer', value: -1, bytes: '18ffffffffffffffffff01a00102' },
    { what: 'a float', value: { float: 0.5 }, bytes: '150000003fa00101' },
    { what: 'a text', value: 'add', bytes: '2203616464a00103' },
    { what: 'integers', value: [0, 2, -2], bytes: '4000400240feffffffffffffffff01a00107' },
  ])('$what as an attribute', ({ value, bytes }) => {
    const attribute = `0a0161${bytes}` // its name, a
    const length = (attribute.length / 2).toString(16).padStart(2, '0')
    const model = encodeModel({ ...empty, nodes: [node('Neg', { attributes: { a: value } })] })
    expect(hex(model)).toContain(`2a${length}${attribute}`)
  })

  test('a constant, with its sizes and raw data', () => {
    const data = new Uint8Array(Float32Array.of(1, 2).buffer)
    const constants = [{ name: 'c', type: 'float32', shape: [2, 1], data } as const]
    const bytes = '2a130802080110014201634a080000803f00000040'
    expect(hex(encodeModel({ ...empty, constants }))).toContain(bytes)
  })

  test('named sizes and known ones', () => {
    const inputs = [{ name: 'x', type: 'int64', shape: ['B', 200] } as const]
    const dims = `0a03${'1201'}${text('B')}0a03${'08c801'}`
    expect(hex(encodeModel({ ...empty, inputs }))).toContain(`0807120a${dims}`)
  })
})

test('ONNX Runtime loads and runs a model with attributes, a constant and a named size', async () => {
  const data = new Uint8Array(Float32Array.of(10, 20, 30).buffer)
  const attributes = { transB: 1, alpha: { float: 2 } }
  const model = encodeModel({
    inputs: [{ name: 'x', type: 'float32', shape: ['T', 3] }],
    constants: [{ name: 'w', type: 'float32', shape: [1, 3], data }],
    nodes: [
      node('FusedMatMul', { domain: 'com.microsoft', inputs: ['x', 'w'], attributes }),
      node('Transpose', { inputs: ['y'], outputs: ['z'], attributes: { perm: [1, 0] } }),
    ],
    outputs: [{ name: 'z', type: 'float32', shape: [1, 'T'] }],
  })
  const session = await openSession(model, { threads: 1 })
  const x = { data: Float32Array.of(1, 0, 0, 0, 1, 1), shape: [2, 3] }
  expect(await session.run({ x })).toEqual({ z: Float32Array.of(20, 100) })
  await session.close()
  await session.close()
})

test('what the library refuses is an EngineError that says why', async () => {
  const outputs = [{ name: 'y', type: 'float32', shape: ['T'] } as const]
  const inputs = [{ name: 'x', type: 'float32', shape: ['T'] } as const]
  const unknown = encodeModel({ ...empty, nodes: [node('Nonsense')], inputs, outputs })
  await expect(openSession(unknown, { threads: 1 })).rejects.toThrow(/refused a graph: .*Nonsense/)
  await expect(openSession(unknown, { threads: 1 })).rejects.toThrow(EngineError)
  const session = await openSession(
    encodeModel({ ...empty, nodes: [node('Neg')], inputs, outputs }),
    { threads: 1 },
  )
  await expect(session.run({})).rejects.toThrow(new EngineError('a graph was not fed x'))
  await session.close()
})
