// What the benches of the engine measure with: turns, and the most that this machine does of matrix products.

import { Graph, type Value } from '../src/engine/onnx/graph.ts'
import { type Feeds, openSession } from '../src/engine/onnx/session.ts'

/** One thing to measure again and again; it returns milliseconds. */
export type Measure = () => Promise<number>

export const threads = 2

/** Chains of matrix products, [m, k] then each [previous, n]: one run, so that only the last, narrow one is copied out. */
const chains = [
  [1024, 1024, 1024, 1024, 1024, 8],
  [4096, 256, 1024, 256, 1024, 8],
  [512, 2048, 512, 2048, 512, 8],
] as const

/** Chains of matrix products, to be measured in turn with other things. */
export function openChains(): Promise<Measure[]> {
  return Promise.all(chains.map(openChain))
}

/** The best of the chains in GFLOPS, from the milliseconds of each. */
export function ceilingGflops(times: readonly number[]): number {
  return Math.max(...times.map((ms, i) => chainFlops(chains[i]!) / ms / 1e6))
}

async function openChain([m, k, ...widths]: readonly number[]): Promise<Measure> {
  const g = new Graph()
  const feeds: Record<string, Feeds[string]> = {}
  const input = (name: string, shape: number[]): Value => {
    const data = new Float32Array(shape[0]! * shape[1]!).fill(1e-3)
    feeds[name] = { data, shape }
    return g.input(name, 'float32', shape)
  }
  let x = input('a', [m!, k!])
  for (const [i, width] of widths.entries()) {
    const w = input(`w${i}`, [Number(x.shape[1]), width])
    x = g.node('MatMul', [x, w], [m!, width])
  }
  const session = await openSession(g.build({ y: x }), { threads })
  const run = timed(() => session.run(feeds))
  return async () => {
    // The threads of what ran before still spin for a while: the best of several runs is undisturbed.
    const times: number[] = []
    for (let i = 0; i < 6; i++) times.push(await run())
    return Math.min(...times)
  }
}

function chainFlops([m, ...widths]: readonly number[]): number {
  return widths.slice(1).reduce((sum, width, i) => sum + 2 * m! * widths[i]! * width, 0)
}

export function timed(work: () => Promise<unknown>): Measure {
  return async () => {
    const start = performance.now()
    await work()
    return performance.now() - start
  }
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}

/** Milliseconds, the middle and the longest. */
export interface Times {
  readonly middle: number
  readonly longest: number
}

export function timesOf(times: readonly number[]): Times {
  return { middle: median(times), longest: Math.max(...times) }
}

export function toldTimes({ middle, longest }: Times): string {
  return `${middle.toFixed(0)} ms, at most ${longest.toFixed(0)} ms`
}

export function rounded(value: number): number {
  return Math.round(10 * value) / 10
}
