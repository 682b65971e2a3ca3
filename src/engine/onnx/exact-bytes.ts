import type { Device } from '../engine.ts'
import { Graph } from './graph.ts'
import { byteProduct } from './ops/byte-product.ts'
import { openSession } from './session.ts'

const size = 64 // of a row: sums of many products

/**
 * Whether products of bytes are exact on a device: some processors add pairs of them in 16 bits, which the largest pass, and
 * other devices than the processor are not asked.
 */
export async function exactBytes(device: Device = 'cpu'): Promise<boolean> {
  if (device !== 'cpu') return false
  const g = new Graph('cpu', { learns: false })
  const bytes = g.input('bytes', 'uint8', ['T', size])
  const steps = g.input('steps', 'float32', ['T', 1])
  const matrix = {
    bytes: g.fixedBytes('matrix', [size, 1], new Int8Array(size).fill(127)),
    steps: g.fixed('matrix:steps', [1], Float32Array.of(1)),
  }
  const model = g.build({ sums: byteProduct(g, { bytes, steps }, matrix) })
  const session = await openSession(model, { threads: 1 })
  const { sums } = await session.run({
    bytes: { data: new Uint8Array(size).fill(255), shape: [1, size] },
    steps: { data: Float32Array.of(1), shape: [1, 1] },
  })
  await session.close()
  return sums![0] === size * 127 * 127
}
