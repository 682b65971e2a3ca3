// What there is to say of a judge on candidates, by every way to aggregate its scores.

import { random } from '../../numbers/random.ts'
import type { CandidateSet } from '../formats/candidates.ts'
import type { Aggregation, StepScores } from '../score/step-scorer.ts'
import { type Graded, type SubsetShare, solvedByRules, solvedBySamples } from './best-of-n.ts'
import { type Ranked, type RankingQuality, rankingQuality } from './ranking.ts'
import { type TeachingQuality, teachingQuality } from './teaching.ts'
import { type VoteName, voteRules } from './votes.ts'
import { aggregationsOf, wholeScore } from './whole-score.ts'

/** A problem with the scores of its candidates: of their steps, or one each of a judge of outcomes. */
export interface ScoredSet {
  readonly set: CandidateSet
  readonly scores_N: readonly (StepScores | number | null)[]
}

/** 'score': of a judge that gives one a solution. */
export type WholeScoreName = Aggregation | 'score'

/** The scores of whole solutions by every way that they allow. */
export function wholeScores(
  scored_P: readonly ScoredSet[],
  { threshold }: { readonly threshold?: number } = {},
): { readonly how: WholeScoreName; readonly score_P_N: (number | null)[][] }[] {
  const all = scored_P.flatMap(({ scores_N }) => scores_N)
  const stepwise = all.some(scores => scores !== null && typeof scores !== 'number')
  if (!stepwise)
    return [
      { how: 'score', score_P_N: scored_P.map(one => [...one.scores_N] as (number | null)[]) },
    ]
  const lowest = all
    .flatMap(scores => scores ?? [])
    .reduce((least: number, score) => Math.min(least, score ?? least), 0)
  const options = threshold === undefined ? {} : { threshold }
  return aggregationsOf(lowest).map(how => ({
    how,
    score_P_N: scored_P.map(({ scores_N }) =>
      scores_N.map(scores =>
        scores === null || typeof scores === 'number' ? null : wholeScore(scores, how, options),
      ),
    ),
  }))
}

type Reported<Q> = readonly ({ readonly how: WholeScoreName } & Q)[]

/** How right solutions rank, a way to aggregate a row. Needs candidates of which it is known whether they are right. */
export function rankingReport(
  scored_P: readonly ScoredSet[],
  options: { readonly threshold?: number } = {},
): Reported<RankingQuality> {
  return eachWay(scored_P, rightOf(scored_P), options, rankingQuality)
}

/** How scores would do as rewards, likewise; `right_P_N` says which candidates are right. */
export function teachingReport(
  scored_P: readonly ScoredSet[],
  right_P_N: readonly (readonly boolean[])[] = rightOf(scored_P),
  options: { readonly threshold?: number } = {},
): Reported<TeachingQuality> {
  return eachWay(scored_P, right_P_N, options, teachingQuality)
}

function eachWay<Q>(
  scored_P: readonly ScoredSet[],
  right_P_N: readonly (readonly boolean[])[],
  options: { readonly threshold?: number },
  quality: (sets: readonly Ranked[]) => Q,
): Reported<Q> {
  return wholeScores(scored_P, options).map(({ how, score_P_N }) => ({
    how,
    ...quality(scored_P.map((_, p) => ({ scores_N: score_P_N[p]!, right_N: right_P_N[p]! }))),
  }))
}

function rightOf(scored_P: readonly ScoredSet[]): boolean[][] {
  return scored_P.map(({ set }) => set.candidates.map(({ right }) => right === true))
}

/** Shares of problems solved with n candidates each. */
export interface BestOfNReport {
  readonly n: number
  readonly passAtN: number
  readonly average: number // of one candidate
  readonly majority: SubsetShare
  readonly rules: readonly {
    readonly how: WholeScoreName
    readonly rule: Exclude<VoteName, 'majority'>
    readonly solved: SubsetShare
  }[]
}

export interface BestOfNOptions {
  readonly threshold?: number
  readonly trials?: number
  readonly seed?: number
}

/** Best-of-n, weighted and hybrid votes by every way to aggregate, beside what needs no judge; an entry a number n. */
export function bestOfNReport(
  scored_P: readonly ScoredSet[],
  graded_P: readonly Graded[],
  ns: readonly number[],
  { trials = 400, seed = 0, ...options }: BestOfNOptions = {},
): BestOfNReport[] {
  const rules = (
    ['best', 'amongFour', 'weighted', 'hybrid', 'blended', 'decisive'] as const
  ).flatMap(rule =>
    wholeScores(scored_P, options).map(({ how, score_P_N }) => ({ rule, how, score_P_N })),
  )
  const none = graded_P.map(({ right_N }) => right_N.map(() => null))
  const contenders = [
    { rule: voteRules.majority, score_P_N: none },
    ...rules.map(({ rule, score_P_N }) => ({ rule: voteRules[rule], score_P_N })),
  ]
  return ns.map(n => {
    const draw = random(seed, 'best of n', n)
    const [majority, ...solved] = solvedByRules(graded_P, n, contenders, { trials, random: draw })
    return {
      n,
      ...solvedBySamples(graded_P, n),
      majority: majority!,
      rules: rules.map(({ how, rule }, i) => ({ how, rule, solved: solved[i]! })),
    }
  })
}
