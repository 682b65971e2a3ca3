// Selective rehearsal: of each kind of answer the best, to be imitated. Kinds are clusters of what the policy makes of whole rollouts.

import type { Engine } from '../engine/engine.ts'
import type { Parts, Scorer } from '../method.ts'
import { kMeans } from '../numbers/k-means.ts'
import { concat, mean } from '../numbers/numeric.ts'
import { random } from '../numbers/random.ts'

export interface RehearsalOptions {
  readonly clusters: number
  readonly keep: number // of a cluster, at most
  readonly seed: number
}

/**
 * The quality of rollouts, and 1 as `rehearsed` of those that are imitated, else 0: the rollouts of a batch are clustered by the policy's
 * hidden state at their ends, and of each cluster those are kept that are furthest above the mean quality of their group (arXiv:2309.10202,
 * section 3.2); none that is not above it. Null where the quality is not known.
 */
export function rehearsed(
  quality: Scorer<Parts<'quality'>>,
  policy: Pick<Engine, 'hidden'>,
  { clusters, keep, seed }: RehearsalOptions,
): Scorer<Parts<'quality' | 'rehearsed'>> {
  return async (groups, signal) => {
    const quality_P = (await quality(groups, signal)).map(({ parts_G }) => parts_G.quality)
    const all = groups.flatMap(({ rollouts }, p) => {
      const known = quality_P[p]!.filter(one => one !== null)
      return rollouts.map((rollout, g) => {
        const own = quality_P[p]![g]!
        return { rollout, gain: own === null ? null : own - mean(known) }
      })
    })
    const better = all.filter(({ gain }) => gain !== null && gain > 0)
    const sequences = better.map(({ rollout }) => concat(rollout.promptIds, rollout.ids))
    const states = better.length === 0 ? [] : await policy.hidden(sequences, signal)
    const ends = states.map((hidden, i) => hidden.slice(-hidden.length / sequences[i]!.length))
    const cluster = kMeans(ends, clusters, random(seed, 'rehearsal'))
    const chosen = new Set(
      Array.from({ length: clusters }, (_, c) =>
        better
          .filter((_, i) => cluster[i] === c)
          .sort((a, b) => b.gain! - a.gain!)
          .slice(0, keep),
      ).flat(),
    )
    const next = all.values()
    return quality_P.map(quality => ({
      parts_G: {
        quality,
        rehearsed: quality.map(() => {
          const one = next.next().value!
          return one.gain === null ? null : Number(chosen.has(one))
        }),
      },
    }))
  }
}
