// Run by probe.ts as a process of its own: multiplies matrices on a device, sees that the numbers are right, and answers how
// fast it was.

import type { Device } from '../engine.ts'
import { Graph } from './graph.ts'
import type { ProbeAnswer } from './probe.ts'
import { lackOf, openSession } from './session.ts'

const [small, large] = [128, 1024] // sides of the matrices
const products = 4
const longest = 1000 // ms that are measured

/** GFLOPS of products of square matrices; throws where a device gives other numbers than it should. */
async function gflopsOf(device: Device, threads: number, side: number): Promise<number> {
  const g = new Graph()
  const square = { data: new Float32Array(side * side).fill(1 / side), shape: [side, side] }
  const weights = g.input('w', 'float32', square.shape)
  let x = g.input('a', 'float32', square.shape)
  for (let i = 0; i < products; i++) x = g.node('MatMul', [x, weights], square.shape)
  const narrow = g.input('n', 'float32', [side, 1]) // so that little is copied out
  const session = await openSession(g.build({ y: g.node('MatMul', [x, narrow], [side, 1]) }), {
    device,
    threads,
  })
  const feeds = {
    w: square,
    a: square,
    n: { data: new Float32Array(side).fill(1), shape: [side, 1] },
  }
  let best = Infinity
  const end = performance.now() + longest
  for (let runs = 0; runs < 2 || (runs < 20 && performance.now() < end); runs++) {
    const start = performance.now()
    const { y } = await session.run(feeds)
    best = Math.min(best, performance.now() - start)
    const wrong = y!.find(value => Math.abs(value - 1) > 1e-3)
    if (wrong !== undefined) throw new Error(`computes ${wrong} where 1 is right`)
  }
  return (products * 2 * side ** 3) / best / 1e6
}

async function probed(device: Device, threads: number): Promise<ProbeAnswer> {
  try {
    const slow = await gflopsOf(device, threads, small) // which also tells whether more can be asked
    return { gflops: slow < 0.5 ? slow : await gflopsOf(device, threads, large) }
  } catch (error) {
    return { why: lackOf(device, error) }
  }
}

const [device, threads] = process.argv.slice(2) as [Device, string]
const answer = await probed(device, Number(threads))
process.send!(answer, () => process.exit())
