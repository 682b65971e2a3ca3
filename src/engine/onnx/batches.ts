// Sequences of different length, laid out as few rectangles with little padding.

/** Sequences of one rectangle: indices into the input, and the common padded length. */
export interface Bucket {
  readonly members: readonly number[]
  readonly length: number
}

/** Rows up to this length share their padding, so that few different shapes are planned. */
const step = 8

/** A rectangle of at least `worthwhile` tokens ends where rows would be padded to less than this share. */
const full = 0.75
const worthwhile = 1024

/**
 * Groups sequences by length so that no rectangle with rows of `length` tokens holds more than `budget(length)` of them (a
 * longer sequence is alone). Longest first: the most memory is asked for once.
 */
export function bucketByLength(
  lengths: readonly number[],
  budget: (length: number) => number,
): Bucket[] {
  const order = lengths.map((_, i) => i).sort((a, b) => lengths[b]! - lengths[a]! || a - b)
  const buckets: Bucket[] = []
  for (let at = 0; at < order.length; ) {
    const length = Math.ceil(lengths[order[at]!]! / step) * step
    const most = Math.max(1, Math.floor(budget(length) / length))
    const least = Math.ceil(worthwhile / length)
    let end = Math.min(order.length, at + most)
    for (let i = at + least; i < end; i++) if (lengths[order[i]!]! < full * length) end = i
    buckets.push({ members: order.slice(at, end), length })
    at = end
  }
  return buckets
}
