// How likely another model, such as the base, finds what a policy wrote: whether training left what the base could have written.

import type { Scoring } from '../engine/engine.ts'
import { written } from '../groups/written.ts'
import { mean } from '../numbers/numeric.ts'
import { scoresOf } from '../rewards/divergence.ts'
import type { Rollout } from '../types.ts'

/** The mean log-probability of what the policy wrote of a rollout, by who sampled it; null where that is not known. */
export function ownLogprob(rollout: Rollout): number | null {
  return meanOf(rollout, rollout.logprobs_T)
}

/** What a model says of each rollout's tokens that the policy wrote: means of log-probabilities and of entropies, in nats. */
export async function readBy(
  engine: Scoring,
  rollouts: readonly Rollout[],
  signal?: AbortSignal,
): Promise<readonly { readonly logprob: number | null; readonly entropy: number | null }[]> {
  const scores = await scoresOf(engine, rollouts, {}, signal)
  return scores.map(({ logprobs, entropies }, g) => ({
    logprob: meanOf(rollouts[g]!, logprobs),
    entropy: entropies === null ? null : meanOf(rollouts[g]!, entropies),
  }))
}

function meanOf(rollout: Rollout, values_T: Float32Array): number | null {
  const written_T = written(rollout)
  const found = mean(values_T.filter((_, t) => written_T[t] === 1))
  return Number.isFinite(found) ? found : null
}

/** Mean log-probabilities of one sample. */
export interface Likelihood {
  readonly own: number | null // by who sampled it
  readonly other: number | null // by the other model
  readonly right: boolean | null
}

/** Medians of perplexities a token; null of nothing. */
export interface LikelihoodReport {
  readonly samples: number // that both know
  readonly own: number | null
  readonly other: number | null // of the same samples, under the other model
  readonly right: number | null // likewise, of those that are right
  readonly wrong: number | null
  readonly theirs: number | null // of the other model's own samples, under itself
  /** The share of the samples that the other model finds as likely as it does all but the least likely twentieth of its own. */
  readonly within: number | null
}

/** How likely the other model finds samples (arXiv:2504.13837, section 3.2); `theirs_G` are the means of its own ones, if known. */
export function likelihoodReport(
  found_G: readonly Likelihood[],
  theirs_G: readonly number[] = [],
): LikelihoodReport {
  const known = found_G.flatMap(({ own, other, right }) =>
    other === null ? [] : [{ own, other, right }],
  )
  const other = (of: boolean | 'all'): number | null =>
    perplexity(known.filter(one => of === 'all' || one.right === of).map(one => one.other))
  const least = quantile(theirs_G, 0.05)
  return {
    samples: known.length,
    own: perplexity(known.flatMap(({ own }) => (own === null ? [] : [own]))),
    other: other('all'),
    right: other(true),
    wrong: other(false),
    theirs: perplexity(theirs_G),
    within:
      least === null || known.length === 0 ? null : mean(known.map(x => Number(x.other >= least))),
  }
}

function perplexity(logprobs: readonly number[]): number | null {
  const median = quantile(logprobs, 0.5)
  return median === null ? null : Math.exp(-median)
}

/** The value that so many are at most, linear between neighbours; null of none. */
function quantile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const at = share * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!]
  return low + (at - Math.floor(at)) * (high - low)
}
