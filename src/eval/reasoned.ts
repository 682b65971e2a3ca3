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

/** Right samples of a problem whose steps are right as a judge of several votes has it, and those that it gave no vote on. */
export interface JudgedSound {
  readonly any: number // of which one vote says so
  readonly most: number // more than half of those that came
  readonly all: number
  readonly unjudged: number // which count as not sound
}

/** What the votes on the right samples of a problem come to. */
export function judgedSound(votes_G: readonly (readonly boolean[])[]): JudgedSound {
  const share = (votes: readonly boolean[]): number => votes.filter(Boolean).length / votes.length
  const count = (is: (share: number) => boolean): number =>
    votes_G.filter(one => is(share(one))).length
  return {
    any: count(x => x > 0),
    most: count(x => x > 0.5),
    all: count(x => x === 1),
    unjudged: count(Number.isNaN),
  }
}

/** The same as reasonedOf by each way to count votes: a band that the truth is likely in (arXiv:2506.14245, section 4.1). */
export function reasonedBand(tally_P: readonly Tally[], judged_P: readonly JudgedSound[]) {
  const by = (way: 'any' | 'most' | 'all'): Reasoned =>
    reasonedOf(
      tally_P,
      judged_P.map(one => one[way]),
    )
  const unjudged = judged_P.reduce((sum, one) => sum + one.unjudged, 0)
  return { any: by('any'), most: by('most'), all: by('all'), unjudged }
}
export type ReasonedBand = ReturnType<typeof reasonedBand>

/**
 * The mean advantage of samples with right and with wrong steps under outcomes alone, normalised in large groups: where right steps,
 * of a share p, lead to a right answer with chance a, and wrong ones with chance b (arXiv:2506.14245, theorem 1).
 */
export function meanAdvantages(p: number, a: number, b: number) {
  const right = p * a + (1 - p) * b
  const spread = Math.sqrt(right * (1 - right))
  return { sound: ((1 - p) * (a - b)) / spread, unsound: (-p * (a - b)) / spread }
}
