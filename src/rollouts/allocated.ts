// How many rollouts a problem gets, by what problems of its kind have taught of late. A kind is a band of lengths of questions.

import type { Method, Outcome, Rewarded } from '../method.ts'
import { mean } from '../numbers/numeric.ts'
import { hashSeed } from '../numbers/random.ts'
import type { Group, Problem } from '../types.ts'
import { independent } from './independent.ts'
import type { Sampler } from './sampler.ts'

export const allocationRules = ['inverse-gap', 'fair'] as const
export type AllocationRule = (typeof allocationRules)[number]

/** What is remembered of the kinds: where their bands of lengths end, and what each taught of late, in [0, 1]. */
export type Kinds = {
  readonly ends: readonly number[] // characters, inclusive; one less than there are kinds
  readonly values: readonly number[]
}

/**
 * Shares of kinds by inverse gap: 1 / (mu + gamma (best - value)) of each but the best, which has the rest (arXiv:2412.00569, after
 * arXiv:2002.04926, algorithm 1). mu is at least the number of kinds.
 */
export function inverseGap(
  values: readonly number[],
  { gamma = 10, mu = values.length } = {},
): number[] {
  if (values.length === 0) return []
  const best = values.indexOf(Math.max(...values))
  const shares = values.map(value => 1 / (mu + gamma * (values[best]! - value)))
  const others = shares.reduce((sum, share, a) => (a === best ? sum : sum + share), 0)
  return shares.with(best, 1 - others)
}

/** Shares as what each kind contributed, which become equal as time goes from 0 to 1 (after arXiv:2306.05764, section 4). */
export function fairShares(values: readonly number[], time: number): number[] {
  const all = values.reduce((a, b) => a + b, 0)
  const equal = 1 / values.length
  return values.map(value => (1 - time) * (all > 0 ? value / all : equal) + time * equal)
}

/** Shares by a rule, at a time from 0 to 1. */
export function sharesBy(
  rule: AllocationRule,
  values: readonly number[],
  { gamma, time }: { readonly gamma: number; readonly time: number },
): readonly number[] {
  return rule === 'fair' ? fairShares(values, time) : inverseGap(values, { gamma })
}

/** Rollouts of each problem of a kind: the mean where shares are equal; at least 2, at most `most`. */
export function rolloutsByKind(shares: readonly number[], usual: number, most: number): number[] {
  return shares.map(share => Math.min(Math.max(Math.round(usual * shares.length * share), 2), most))
}

/** As many rollouts of each problem as its kind gets; `usual` of each while no kinds are known. */
export function allocated(
  sampler: Sampler,
  kinds: Kinds | null,
  { usual, each }: { readonly usual: number; readonly each: readonly number[] },
): Method['rollouts'] {
  if (kinds === null) return independent(sampler, usual)
  return async (problems, seed, signal) => {
    const groups_P: Group[] = new Array(problems.length)
    for (const [kind, n] of each.entries()) {
      const members = problems.flatMap((problem, p) => (kindOf(problem, kinds) === kind ? [p] : []))
      if (members.length === 0) continue
      const own = members.map(p => problems[p]!)
      const found = await independent(sampler, n)(own, hashSeed(seed, 'kind', kind), signal)
      members.forEach((p, i) => {
        groups_P[p] = found[i]!
      })
    }
    return groups_P
  }
}

function kindOf(problem: Problem, { ends }: Kinds): number {
  const length = lengthOf(problem)
  const kind = ends.findIndex(end => length <= end)
  return kind < 0 ? ends.length : kind
}

function lengthOf({ question, prompt }: Problem): number {
  return (question ?? prompt).trim().length
}

/**
 * What is known of the kinds after an iteration: a problem taught 4 p (1 - p), p being its share of right rollouts, and a kind the
 * running mean of that. Bands are made of the first iteration's problems, as many in each.
 */
export function kindsAfter(before: Kinds | null, count: number, momentum = 0.8) {
  return ({ groups_P, rewards_P }: Rewarded<Outcome>): Kinds => {
    const lengths = groups_P.map(({ problem }) => lengthOf(problem)).sort((a, b) => a - b)
    const ends = Array.from({ length: count - 1 }, (_, k) => {
      return lengths[Math.ceil(((k + 1) * lengths.length) / count) - 1] ?? 0
    })
    const kinds = before ?? { ends, values: Array<number>(count).fill(0) }
    const taught = kinds.values.map((): number[] => [])
    groups_P.forEach(({ problem }, p) => {
      const known = rewards_P[p]!.outcome_G.filter(outcome => outcome !== null)
      const right = mean(known.map(outcome => Number(outcome > 0.5)))
      if (known.length > 0) taught[kindOf(problem, kinds)]!.push(4 * right * (1 - right))
    })
    const values = kinds.values.map((value, a) => {
      if (taught[a]!.length === 0) return value
      return before === null
        ? mean(taught[a]!)
        : momentum * value + (1 - momentum) * mean(taught[a]!)
    })
    return { ends: kinds.ends, values }
  }
}
