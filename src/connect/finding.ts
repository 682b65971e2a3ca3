import type { Json } from '../types.ts'

/** One thing that a server was found to do, or not: in words, by which numbers, and as a value. */
export interface Finding {
  readonly about: string
  readonly found: string
  readonly measured: string
  readonly value: Json
}

export function finding(about: string, value: Json, found: string, measured: string): Finding {
  return { about, value, found, measured }
}

/** The largest difference of two arrays; NaN is kept, and Infinity is that of other lengths. */
export function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  let worst = 0
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!)
    if (!(difference <= worst)) worst = difference
  }
  return worst
}

/** A number as a table shows it: few digits, and no needless ones. */
export function shortly(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  return size < 1e-3 || size >= 1e6 ? value.toExponential(1) : String(Number(value.toPrecision(4)))
}
