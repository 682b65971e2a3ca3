// What it is worth to sample several solutions and choose one, over numbers of samples.

import { averageAtN, meanPassAtK } from '../../eval/pass-at-k.ts'
import { deviation, mean } from '../../numbers/numeric.ts'
import { type Random, shuffled } from '../../numbers/random.ts'
import type { Choice, VoteRule } from './votes.ts'

/** A problem's candidates without scores. */
export type Graded = Omit<Choice, 'score_N'>

/** A rule, and the scores that it goes by. */
export interface Contender {
  readonly rule: VoteRule
  readonly score_P_N: readonly (readonly (number | null)[])[]
}

/** A share of problems solved, and how far it varies over random subsets of the candidates. */
export interface SubsetShare {
  readonly mean: number
  readonly deviation: number // of the share over trials; 0 where all candidates are taken
}

/**
 * The share of problems that each contender solves with n candidates a problem: the mean over trials, each of which takes
 * a random subset of every problem's candidates, the same for all contenders (arXiv:2305.20050, section 2.1). A problem
 * with fewer than n gives all of its.
 */
export function solvedByRules(
  graded_P: readonly Graded[],
  n: number,
  contenders: readonly Contender[],
  { trials = 400, random }: { readonly trials?: number; readonly random: Random },
): SubsetShare[] {
  const whole = graded_P.every(({ right_N }) => right_N.length <= n)
  const solved = contenders.map((): number[] => [])
  for (let trial = 0; trial < (whole ? 1 : trials); trial++) {
    const taken_P = graded_P.map(({ right_N }) => subset(right_N.length, n, random))
    contenders.forEach(({ rule, score_P_N }, c) => {
      const chances = graded_P.map((one, p) => rule(only(one, score_P_N[p]!, taken_P[p]!)))
      solved[c]!.push(mean(chances))
    })
  }
  return solved.map(shares => ({ mean: mean(shares), deviation: deviation(shares) }))
}

/** What n samples could and would solve without a judge: one of them is right (pass@n), and the mean of each alone. */
export function solvedBySamples(
  graded_P: readonly Graded[],
  n: number,
): { readonly passAtN: number; readonly average: number } {
  const tally_P = graded_P.map(({ right_N }) => ({
    graded: right_N.length,
    right: right_N.filter(Boolean).length,
  }))
  return { passAtN: meanPassAtK(tally_P, n), average: averageAtN(tally_P) }
}

function subset(size: number, n: number, random: Random): number[] {
  const all = Array.from({ length: size }, (_, i) => i)
  return size <= n ? all : shuffled(random, all).slice(0, n)
}

function only(
  { class_N, right_N }: Graded,
  score_N: readonly (number | null)[],
  taken: readonly number[],
): Choice {
  return {
    class_N: taken.map(i => class_N[i]!),
    right_N: taken.map(i => right_N[i]!),
    score_N: taken.map(i => score_N[i]!),
  }
}
