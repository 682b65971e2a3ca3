// A judge that is shown two answers at a time: how often it is right, how much the places tell it, and who wins among many.

import { type Comparison, strengthsOf } from '../../numbers/bradley-terry.ts'
import { mean } from '../../numbers/numeric.ts'
import { type Random, random, shuffled } from '../../numbers/random.ts'
import { type Beats, eloOf, knockOut } from '../../numbers/tournament.ts'

/** One problem's candidates, and what the judge said of two of them: `first` stood first. */
export interface Compared {
  readonly right_N: readonly boolean[]
  readonly verdicts: readonly Comparison[]
}

export interface PairwiseQuality {
  readonly pairs: number // of a right and a wrong candidate, judged in both places
  readonly right: number // share of their verdicts for the right one, a tie by half
  readonly rightInBoth: number // share of them for the right one in both places
  readonly judged: number // pairs of any two, judged in both places
  readonly changed: number // share of those whose verdict is another one once they change places
  readonly first: number // share of verdicts for the one that stood first, a tie by half
  readonly missing: number // verdicts that did not come
  readonly problems: number // with right and wrong candidates
  /** Shares of those whose winner is right, a way to find it a row; what is even counts by its parts. */
  readonly winners: readonly { readonly how: Tournament; readonly right: number }[]
}

export const tournaments = ['knock-out', 'strengths', 'elo'] as const
export type Tournament = (typeof tournaments)[number]

/** Knock-outs and Elo ratings are means over `trials` draws of who meets whom, and when; shares are NaN of nothing. */
export function pairwiseQuality(
  sets: readonly Compared[],
  { trials = 400, seed = 0 }: { readonly trials?: number; readonly seed?: number } = {},
): PairwiseQuality {
  const both = sets.flatMap(({ right_N, verdicts }) => bothPlaces(right_N, verdicts))
  const mixed = both.filter(({ right }) => right[0] !== right[1])
  const said = sets.flatMap(({ verdicts }) => verdicts)
  const asked = sets.reduce((sum, { right_N: { length } }) => sum + length * (length - 1), 0)
  const open = sets.filter(({ right_N }) => right_N.includes(true) && right_N.includes(false))
  const toRight = mixed.map(({ right, for0 }) => (right[0] ? for0 : for0.map(x => 1 - x)))
  return {
    pairs: mixed.length,
    right: mean(toRight.flat()),
    rightInBoth: mean(toRight.map(shares => Number(shares.every(x => x === 1)))),
    judged: both.length,
    changed: mean(
      both.map(({ for0: [stoodFirst, stoodSecond] }) => Number(stoodFirst !== stoodSecond)),
    ),
    first: mean(said.map(({ outcome }) => outcome)),
    missing: asked - said.length,
    problems: open.length,
    winners: tournaments.map(how => ({
      how,
      right: mean(open.map((set, p) => rightOfWinners(set, how, trials, random(seed, how, p)))),
    })),
  }
}

/** Of each two candidates the verdicts for the one of the smaller index, standing first and standing second. */
function bothPlaces(right_N: readonly boolean[], verdicts: readonly Comparison[]) {
  const of = new Map(verdicts.map(({ first, second, outcome }) => [`${first} ${second}`, outcome]))
  return verdicts.flatMap(({ first: a, second: b, outcome }) => {
    const turned = of.get(`${b} ${a}`)
    if (a > b || turned === undefined) return []
    return [{ right: [right_N[a]!, right_N[b]!] as const, for0: [outcome, 1 - turned] }]
  })
}

function rightOfWinners(
  { right_N, verdicts }: Compared,
  how: Tournament,
  trials: number,
  draw: Random,
): number {
  const members = right_N.length
  const rightAmong = (scores: readonly (number | null)[]): number => {
    const known = scores.map(score => score ?? Number.NEGATIVE_INFINITY)
    const most = Math.max(...known)
    return mean(right_N.filter((_, n) => known[n] === most).map(Number))
  }
  if (how === 'strengths') return rightAmong(strengthsOf(members, verdicts))
  const beats = meanOf(verdicts)
  const once = (): number =>
    how === 'elo'
      ? rightAmong(eloOf(members, shuffled(draw, verdicts)))
      : Number(right_N[knockOut(members, beats, draw)])
  return mean(Array.from({ length: trials }, once))
}

/** How far one beats the other: the mean of what was said of both places. */
function meanOf(verdicts: readonly Comparison[]): Beats {
  const said = new Map<string, number[]>()
  const put = (a: number, b: number, share: number): void => {
    said.set(`${a} ${b}`, [...(said.get(`${a} ${b}`) ?? []), share])
  }
  for (const { first, second, outcome } of verdicts) {
    put(first, second, outcome)
    put(second, first, 1 - outcome)
  }
  return (first, second) => {
    const found = said.get(`${first} ${second}`)
    return found === undefined ? null : mean(found)
  }
}
