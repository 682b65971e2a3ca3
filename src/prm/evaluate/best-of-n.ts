// What it is worth to sample several solutions and choose one, over numbers of samples.

import { averageAtN, meanPassAtK } from '../../eval/pass-at-k.ts'
import { deviation, mean } from '../../numeric.ts'
import { type Random, shuffled } from '../../random.ts'
import type { Choice, VoteRule } from './votes.ts'

/** A share of problems solved, and how far it varies over random subsets of the candidates. */
export interface SubsetShare {
  readonly mean: number
  readonly deviation: number // of the share over trials; 0 where all candidates are taken
}

/**
 * The share of problems that a rule solves with n candidates each: the mean over trials, each of which takes a random
 * subset of every problem's candidates (arXiv:2305.20050, section 2.1). A problem with fewer than n gives all of its.
 */
export function solvedByRule(
  choices_P: readonly Choice[],
  n: number,
  rule: VoteRule,
  { trials = 400, random }: { readonly trials?: number; readonly random: Random },
): SubsetShare {
  const whole = choices_P.every(({ right_N }) => right_N.length <= n)
  const shares = Array.from({ length: whole ? 1 : trials }, () =>
    mean(choices_P.map(choice => rule(subset(choice, n, random)))),
  )
  return { mean: mean(shares), deviation: deviation(shares) }
}

/** What n samples could and would solve without a judge: one of them is right (pass@n), and the mean of each alone. */
export function solvedBySamples(
  choices_P: readonly Choice[],
  n: number,
): { readonly passAtN: number; readonly average: number } {
  const tally_P = choices_P.map(({ right_N }) => ({
    graded: right_N.length,
    right: right_N.filter(Boolean).length,
  }))
  return { passAtN: meanPassAtK(tally_P, n), average: averageAtN(tally_P) }
}

function subset({ class_N, right_N, score_N }: Choice, n: number, random: Random): Choice {
  if (right_N.length <= n) return { class_N, right_N, score_N }
  const taken = shuffled(random, [...right_N.keys()]).slice(0, n)
  return {
    class_N: taken.map(i => class_N[i]!),
    right_N: taken.map(i => right_N[i]!),
    score_N: taken.map(i => score_N[i]!),
  }
}
