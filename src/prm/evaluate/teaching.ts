// What a judge would be as a reward, beside how well it ranks: scores that hardly differ teach slowly, however right they are.

import { mean } from '../../numbers/numeric.ts'
import { preferredShare, type Sides } from '../../numbers/preferred-share.ts'
import { type ClimbQuality, climbQuality } from './climb.ts'
import type { Ranked } from './ranking.ts'
import { tailReward } from './tail.ts'

/** How scores would do as rewards of what a policy sampled. Shares and their n; null of nothing. */
export interface TeachingQuality {
  readonly problems: number // with at least two scored candidates
  readonly pairs: number // of a right and a wrong candidate of one problem
  readonly pairAccuracy: number | null // share of pairs where the right one is above; a tie counts half
  /** Mean over problems of the variance of scores, where those of all problems have variance 1 (arXiv:2503.15477, section 3). */
  readonly variance: number | null
  readonly mixed: number // problems with right and wrong candidates
  /** Mean over those of the share of right candidates above every wrong one (arXiv:2410.14660, section 3.3). */
  readonly aboveAllWrong: number | null
  /** Mean over those of the right share of a policy that the scores tilt, beta `tailBeta` (arXiv:2509.21500, theorem 1). */
  readonly atTop: number | null
  /** How long a policy of a table takes to climb them (arXiv:2503.15477, theorem 1: the longer, the smaller the variance). */
  readonly climb: ClimbQuality
}

/** So that of ten candidates the best has nearly two thirds of the probability. */
export const tailBeta = 0.1

/** How well scores would teach; candidates without one are left out. */
export function teachingQuality(sets: readonly Ranked[]): TeachingQuality {
  const known = sets.map(({ scores_N, right_N }) =>
    scores_N.flatMap((score, n) => (score === null ? [] : [{ score, right: right_N[n]! }])),
  )
  const several = known.filter(one => one.length > 1)
  const spread = variance(several.flat().map(({ score }) => score))
  const inside = several.map(one => variance(one.map(({ score }) => score)))
  const mixed = known.map(sides).filter(({ right, wrong }) => right.length > 0 && wrong.length > 0)
  const pairs = mixed.reduce((sum, { right, wrong }) => sum + right.length * wrong.length, 0)
  return {
    problems: several.length,
    pairs,
    pairAccuracy: pairs === 0 ? null : mixed.reduce((sum, one) => sum + above(one), 0) / pairs,
    variance: several.length === 0 ? null : spread === 0 ? 0 : mean(inside) / spread,
    mixed: mixed.length,
    aboveAllWrong: mixed.length === 0 ? null : mean(mixed.map(preferredShare)),
    atTop: mixed.length === 0 ? null : mean(mixed.map(atTop)),
    climb: climbQuality(sets),
  }
}

function atTop({ right, wrong }: Sides): number {
  const truths = [...right.map(() => 1), ...wrong.map(() => 0)]
  return tailReward([...right, ...wrong], truths, tailBeta)
}

/** Variance of a population. */
export function variance(values: readonly number[]): number {
  const centre = mean(values)
  return mean(values.map(x => (x - centre) ** 2))
}

function sides(one: readonly { readonly score: number; readonly right: boolean }[]): Sides {
  const of = (side: boolean) => one.filter(({ right }) => right === side).map(({ score }) => score)
  return { right: of(true), wrong: of(false) }
}

/** Pairs in which the right one is above, ties by halves. */
function above({ right, wrong }: Sides): number {
  const worth = (a: number, b: number): number => (a > b ? 1 : a === b ? 0.5 : 0)
  return right.reduce((sum, a) => sum + wrong.reduce((of, b) => of + worth(a, b), 0), 0)
}
