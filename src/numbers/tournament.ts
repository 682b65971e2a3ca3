// Who wins among many, when it is known of each two how far one beats the other: 1, 0, or something between.

import type { Comparison } from './bradley-terry.ts'
import { below, type Random, shuffled } from './random.ts'

/** How far the first of two members beats the second, in [0, 1]; null where they were not compared. */
export type Beats = (first: number, second: number) => number | null

/** The winner of rounds in which one of two is out; the draw decides who meets whom, who has none to meet, and what is even or unknown. */
export function knockOut(members: number, beats: Beats, draw: Random): number {
  let left = shuffled(
    draw,
    Array.from({ length: members }, (_, m) => m),
  )
  while (left.length > 1) {
    const next: number[] = []
    for (let m = 0; m < left.length; m += 2) {
      const [a, b] = [left[m]!, left[m + 1]]
      if (b === undefined) next.push(a)
      else {
        const share = beats(a, b) ?? 0.5
        next.push(share > 0.5 || (share === 0.5 && below(draw, 2) === 0) ? a : b)
      }
    }
    left = next
  }
  return left[0]!
}

/**
 * Elo ratings from comparisons in their order: after each, k * (outcome - 1 / (1 + 10^((other - own) / 400))) goes from one member to the
 * other (arXiv:2502.19328, whose code has 1500 and 30).
 */
export function eloOf(
  members: number,
  comparisons: readonly Comparison[],
  { start = 1500, k = 30 } = {},
): number[] {
  const ratings = new Array<number>(members).fill(start)
  for (const { first, second, outcome } of comparisons) {
    const expected = 1 / (1 + 10 ** ((ratings[second]! - ratings[first]!) / 400))
    const moved = k * (outcome - expected)
    ratings[first]! += moved
    ratings[second]! -= moved
  }
  return ratings
}
