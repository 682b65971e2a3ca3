import type { Passes } from '../method.ts'
import { type Random, shuffled } from '../numbers/random.ts'

/**
 * The indices 0 .. count - 1 of each optimizer step: every epoch goes through all of them in parts whose sizes differ by at
 * most one, in an order of its own. A single pass of one part keeps the order. Throws RangeError where epochs or minibatches is
 * not a whole number from 1.
 */
export function minibatches(
  count: number,
  { epochs, minibatches: parts }: Passes,
  random: Random,
): readonly (readonly number[])[] {
  for (const [what, n] of Object.entries({ epochs, minibatches: parts }))
    if (!(Number.isInteger(n) && n >= 1))
      throw new RangeError(`minibatches: ${what} must be a whole number from 1, got ${n}`)
  const all = Array.from({ length: count }, (_, i) => i)
  const out: number[][] = []
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = parts === 1 ? all : shuffled(random, all)
    for (let part = 0; part < parts; part++) {
      const from = Math.floor((count * part) / parts)
      const to = Math.floor((count * (part + 1)) / parts)
      if (to > from) out.push(order.slice(from, to))
    }
  }
  return out
}
