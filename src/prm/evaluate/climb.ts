// How long a policy takes to climb a reward: a table of candidates, which it samples by a softmax that follows the slope of what it earns.

import type { Ranked } from './ranking.ts'

export interface ClimbOptions {
  readonly gain: number // of the share of right candidates that is to be reached
  readonly rate: number // of one step along the slope
  readonly steps: number // at most
}

/**
 * Steps of gradient ascent on the expected score, from all candidates alike, until right ones are sampled more often by `gain`: the softmax
 * policy of arXiv:2503.15477, section 3, one logit a candidate. Null where that is not reached, or where right or wrong ones are missing.
 */
export function climb({ scores_N, right_N }: Ranked, options: ClimbOptions): number | null {
  const known = scores_N.flatMap((score, n) =>
    score === null ? [] : [{ score, right: right_N[n]! }],
  )
  const right = known.filter(one => one.right).length
  if (right === 0 || right === known.length) return null
  const goal = Math.min(right / known.length + options.gain, 1 - 1e-3)
  const logits = known.map(() => 0)
  for (let step = 0; step < options.steps; step++) {
    const chances = softmax(logits)
    if (known.reduce((sum, one, n) => sum + (one.right ? chances[n]! : 0), 0) >= goal) return step
    const expected = known.reduce((sum, { score }, n) => sum + chances[n]! * score, 0)
    for (const [n, { score }] of known.entries())
      logits[n] = logits[n]! + options.rate * chances[n]! * (score - expected)
  }
  return null
}

/** How fast scores are climbed over problems. */
export interface ClimbQuality {
  readonly climbed: number // problems with right and wrong candidates on which the goal was reached
  readonly steps: number | null // their median, the problems that never reach it counted as the longest; null where that is half of them
}

/** The climb of each problem with right and wrong candidates, scores of all problems put to deviation 1. */
export function climbQuality(
  sets: readonly Ranked[],
  { gain = 0.2, rate = 1, steps = 2000 }: Partial<ClimbOptions> = {},
): ClimbQuality {
  const all = sets.flatMap(({ scores_N }) => scores_N.filter(score => score !== null))
  const centre = all.reduce((a, b) => a + b, 0) / all.length
  const spread = Math.sqrt(all.reduce((sum, x) => sum + (x - centre) ** 2, 0) / all.length)
  const mixed = sets.filter(({ scores_N, right_N }) => {
    const known = right_N.filter((_, n) => scores_N[n] !== null)
    return known.includes(true) && known.includes(false)
  })
  const found = mixed.map(({ scores_N, right_N }) => {
    const scaled_N = scores_N.map(score =>
      score === null ? null : (score - centre) / (spread || 1),
    )
    return climb({ scores_N: scaled_N, right_N }, { gain, rate, steps })
  })
  const sorted = found.map(time => time ?? Infinity).sort((a, b) => a - b)
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? Infinity
  return {
    climbed: found.filter(time => time !== null).length,
    steps: Number.isFinite(median) ? median : null,
  }
}

function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits)
  const powers = logits.map(x => Math.exp(x - most))
  const sum = powers.reduce((a, b) => a + b)
  return powers.map(x => x / sum)
}
