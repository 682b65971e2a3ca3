// Which tokens top-k and top-p keep. Nothing is sorted but the few logits around the cut: a vocabulary may have 151,936
// entries, and a step many rows.

/** A row of logits, from `start` on, and the largest of them. */
export interface Row {
  readonly logits: Float32Array
  readonly start: number
  readonly top: number
}

/** The logits that are kept: all above `at`, and of those that are equal to it the first `equals`. */
export interface Cut {
  readonly at: number
  readonly equals: number
  readonly mass: number // sum of their weights
}

/** Cuts rows of `size` logits to the `topK` most likely, and those to the fewest that hold `topP` of their weight. */
export class Cutter {
  private readonly size: number
  private readonly topK: number
  private readonly topP: number
  private readonly sharpness: number // 1 / temperature
  private readonly heap: Float32Array | null // the largest logits, the smallest of them first
  private readonly counts: Int32Array // of logits, in bins of falling logit
  private readonly masses: Float64Array // of the same bins
  private readonly near: Float32Array // the logits of one bin
  private rate = 0 // bins a unit of depth

  constructor(size: number, topK: number, topP: number, sharpness: number) {
    this.size = size
    this.topK = topK
    this.topP = topP
    this.sharpness = sharpness
    this.heap = topK <= few && topK < size ? new Float32Array(topK) : null
    const bins = this.heap === null ? Math.min(2048, size) : 1
    this.counts = new Int32Array(bins)
    this.masses = new Float64Array(bins)
    this.near = new Float32Array(this.heap === null ? size : 0)
  }

  /** The cut of a row whose weights are e^(sharpness * (logit - top)). */
  cut(row: Row): Cut {
    const { heap, size, topK, topP } = this
    if (heap !== null) {
      fillHeap(heap, row.logits, row.start, size)
      heap.sort()
      const all = this.keep(heap, row.top, topK, Infinity)
      return topP < 1 ? this.keep(heap, row.top, topK, topP * all.mass) : all
    }
    const total = this.fillBins(row)
    const likely = topK < size ? this.cutBins(row, topK, Infinity) : null
    return topP < 1 ? this.cutBins(row, topK, topP * (likely?.mass ?? total)) : likely!
  }

  /** The largest of ascending logits, until they are `most` or weigh `target`, beside what is kept already. */
  private keep(
    logits: Float32Array,
    top: number,
    most: number,
    target: number,
    { count, mass } = { count: 0, mass: 0 },
  ): Cut {
    let equals = 0
    let at = Number.NEGATIVE_INFINITY
    for (let i = logits.length - 1; i >= 0 && count < most && mass < target; i--) {
      equals = logits[i] === at ? equals + 1 : 1
      at = logits[i]!
      mass += weightAt((top - at) * this.sharpness)
      count++
    }
    return { at, equals, mass }
  }

  /** Counts logits and weights by bin, the last of which takes all that weigh nothing; returns the sum of weights. */
  private fillBins({ logits, start, top }: Row): number {
    const { counts, masses, sharpness, size } = this
    const end = start + size
    const last = counts.length - 1
    const deepest = Math.min(negligible, (top - smallest(logits, start, end)) * sharpness)
    const rate = deepest > 0 ? last / deepest : 0
    counts.fill(0)
    masses.fill(0)
    let total = 0
    for (let v = start; v < end; v++) {
      const depth = (top - logits[v]!) * sharpness
      const bin = Math.min(last, depth * rate) | 0
      const weight = weightAt(depth)
      counts[bin]!++
      masses[bin]! += weight
      total += weight
    }
    this.rate = rate
    return total
  }

  private cutBins(row: Row, most: number, target: number): Cut {
    const { counts, masses } = this
    const kept = { count: 0, mass: 0 }
    let bin = 0
    while (bin < counts.length - 1) {
      if (kept.count + counts[bin]! >= most || kept.mass + masses[bin]! >= target) break
      kept.count += counts[bin]!
      kept.mass += masses[bin++]!
    }
    return this.keep(this.logitsOf(bin, row), row.top, most, target, kept)
  }

  /** The logits of a bin, ascending. */
  private logitsOf(bin: number, { logits, start, top }: Row): Float32Array {
    const { counts, near, size, rate, sharpness } = this
    const last = counts.length - 1
    let n = 0
    for (let v = start; v < start + size; v++) {
      if ((Math.min(last, (top - logits[v]!) * sharpness * rate) | 0) === bin)
        near[n++] = logits[v]!
    }
    return near.subarray(0, n).sort()
  }
}

/** Depth below the largest logit from which a token weighs nothing: e^-40 of 151,936 tokens is 6e-13. */
export const negligible = 40

const few = 1024 // tokens that a heap finds faster than bins
const pitch = 64 // entries of the table to a factor of two
const powers = Float64Array.from({ length: negligible * 100 }, (_, i) => 2 ** (-i / pitch))

/** e^-depth for depth >= 0 within 4e-11 of it, 0 from 40 on: the nearest power in a table times a short series. */
export function weightAt(depth: number): number {
  if (depth >= negligible) return 0
  const i = (depth * (pitch / Math.LN2) + 0.5) | 0
  const r = i * (Math.LN2 / pitch) - depth
  return powers[i]! * (1 + r * (1 + r * (1 / 2 + r * (1 / 6))))
}

/** The largest of `size` values from `start` on; NaN is passed over. */
export function largest(values: Float32Array, start: number, size: number): number {
  let max = Number.NEGATIVE_INFINITY
  for (let i = start; i < start + size; i++) if (values[i]! > max) max = values[i]!
  return max
}

/** The smallest finite value before `end`. */
function smallest(values: Float32Array, start: number, end: number): number {
  let min = Infinity
  for (let i = start; i < end; i++) {
    if (values[i]! < min && values[i]! > Number.NEGATIVE_INFINITY) min = values[i]!
  }
  return min
}

/** Fills a heap, smallest first, with the largest of `size` values from `start` on. */
function fillHeap(heap: Float32Array, values: Float32Array, start: number, size: number): void {
  heap.fill(Number.NEGATIVE_INFINITY)
  let least = heap[0]!
  for (let v = start; v < start + size; v++) {
    const value = values[v]!
    if (value <= least) continue
    let at = 0
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++
      if (heap[child]! >= value) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = value
    least = heap[0]!
  }
}
