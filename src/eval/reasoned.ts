// Right answers that follow from right steps, and those that do not.

import { meanPassAtK, type Tally } from './pass-at-k.ts'

/** Shares in [0, 1]; NaN of nothing. */
export interface Reasoned {
  readonly right: number // samples with a right answer
  readonly sound: number // of those, how many have right steps alone
  readonly soundOfRight: number // P(right steps | right answer)
  /** pass@k, and the same where right steps count too: CoT-pass@k (arXiv:2506.14245, eq. 3). */
  readonly curve: readonly { readonly k: number; readonly passed: number; readonly sound: number }[]
}

/**
 * How much of what is right is reasoned, over problems whose samples were all graded alike: right answers by their tallies, and how
 * many of them have right steps. Throws RangeError where more are said to.
 */
export function reasonedOf(tally_P: readonly Tally[], sound_P: readonly number[]): Reasoned {
  const bad = tally_P.findIndex(({ right }, p) => !(sound_P[p]! >= 0 && sound_P[p]! <= right))
  if (bad >= 0 || tally_P.length !== sound_P.length)
    throw new RangeError(
      `reasonedOf: ${sound_P[bad]} sound of ${tally_P[bad]?.right} right answers to problem ${bad}`,
    )
  const soundTally_P = tally_P.map(({ graded }, p): Tally => ({ graded, right: sound_P[p]! }))
  const sum = (tallies: readonly Tally[]): number =>
    tallies.reduce((all, one) => all + one.right, 0)
  const most = Math.min(...tally_P.map(({ graded }) => graded).filter(n => n > 0))
  const ks: number[] = []
  for (let k = 1; k < most && most < Infinity; k *= 2) ks.push(k)
  if (most < Infinity) ks.push(most)
  return {
    right: sum(tally_P),
    sound: sum(soundTally_P),
    soundOfRight: sum(soundTally_P) / sum(tally_P),
    curve: ks.map(k => ({
      k,
      passed: meanPassAtK(tally_P, k),
      sound: meanPassAtK(soundTally_P, k),
    })),
  }
}

/**
 * The mean advantage of samples with right and with wrong steps under outcomes alone, normalised in large groups: where right steps,
 * of a share p, lead to a right answer with chance a, and wrong ones with chance b (arXiv:2506.14245, theorem 1).
 */
export function meanAdvantages(p: number, a: number, b: number) {
  const right = p * a + (1 - p) * b
  const spread = Math.sqrt(right * (1 - right))
  return { sound: ((1 - p) * (a - b)) / spread, unsound: (-p * (a - b)) / spread }
}
