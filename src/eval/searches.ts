// How often searches are right, against what they spend: points of accuracy and tokens, and plain samples beside them.

import { type Grader, isRight } from '../rewards/grader.ts'
import { isOver } from '../rollouts/extend.ts'
import type { Sampler } from '../rollouts/sampler.ts'
import { searchAll } from '../search/explore.ts'
import type { Services } from '../search/run.ts'
import type { Search } from '../search/search.ts'
import type { Problem } from '../types.ts'
import { accuracy } from './accuracy.ts'
import { meanPassAtK, type Tally } from './pass-at-k.ts'

/** What a search of one size did on a set of problems. */
export interface SearchPoint {
  readonly right: number // problems whose chosen answer is right
  readonly graded: number
  readonly tokens: number // a problem, sampled by the policy
  readonly judged: number // steps a problem
}

/** How searches are measured. */
export interface PointOptions {
  readonly services: Services
  readonly grader: Grader
  readonly seed: number
  readonly atOnce?: number // problems that share a batch; default 32
  readonly signal?: AbortSignal
}

/** Searches problems, and grades what was chosen of each. */
export async function searchPoint(
  search: Search,
  problems: readonly Problem[],
  { services, grader, seed, atOnce = 32, signal }: PointOptions,
): Promise<SearchPoint> {
  const sum = { right: 0, graded: 0, tokens: 0, judged: 0 }
  for (let at = 0; at < problems.length; at += atOnce) {
    const some = problems.slice(at, at + atOnce)
    const found = await searchAll(search, services, some, seed, { first: at, signal })
    const answers = found.flatMap(({ value }, p) => {
      const path = value[0]?.path
      return path !== undefined && isOver(path) ? [{ problem: some[p]!, rollout: path }] : []
    })
    const rewards = (await grader.grade(answers, signal)).filter(reward => reward !== null)
    sum.right += rewards.filter(isRight).length
    sum.graded += rewards.length
    for (const { spent } of found) {
      sum.tokens += spent.tokens
      sum.judged += spent.judged
    }
  }
  const { length } = problems
  return { ...sum, tokens: sum.tokens / length, judged: sum.judged / length }
}

/** Independent answers of problems: how many of each are right, and the tokens of one. */
export interface PlainSamples {
  readonly tally_P: readonly Tally[]
  readonly samples: number // of each problem
  readonly tokens: number // a sample
}

/** Samples `count` answers of each problem. */
export async function plainSamples(
  sampler: Sampler,
  problems: readonly Problem[],
  count: number,
  { grader, seed, signal }: Omit<PointOptions, 'services'>,
): Promise<PlainSamples> {
  const by = { n: count, seed, grader, ...(signal ? { signal } : {}) }
  const { tally_P, groups } = await accuracy(sampler, problems, by)
  const rollouts = groups.flatMap(group => group.rollouts)
  const tokens = rollouts.reduce((sum, { ids }) => sum + ids.length, 0) / rollouts.length
  return { tally_P, samples: count, tokens }
}

/** The chance that one of as many plain samples is right as have so many tokens; null where there are not so many. */
export function passForTokens(
  { tally_P, samples, tokens }: PlainSamples,
  spent: number,
): { readonly k: number; readonly pass: number } | null {
  const k = Math.max(1, Math.round(spent / tokens))
  return k > samples ? null : { k, pass: meanPassAtK(tally_P, k) }
}

/**
 * The accuracy of a search for so many tokens, between two of its points in proportion to the logarithm of their tokens;
 * null outside of them. Points of equal tokens are taken in their order.
 */
export function accuracyFor(
  points: readonly { readonly tokens: number; readonly accuracy: number }[],
  tokens: number,
): number | null {
  const sorted = points.toSorted((a, b) => a.tokens - b.tokens)
  const above = sorted.findIndex(point => point.tokens >= tokens)
  if (above < 0) return null
  const [a, b] = [sorted[above - 1], sorted[above]!]
  if (b.tokens === tokens) return b.accuracy
  if (a === undefined) return null
  const share = Math.log(tokens / a.tokens) / Math.log(b.tokens / a.tokens)
  return a.accuracy + share * (b.accuracy - a.accuracy)
}
