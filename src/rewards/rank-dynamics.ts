import type { Engine } from '../engine/engine.ts'
import type { Parts, Scorer } from '../method.ts'
import { concat, mean } from '../numbers/numeric.ts'
import { effectiveRank } from '../numbers/spectrum.ts'

export type RankNames = 'rank' | 'rankVelocity' | 'rankAcceleration'

/**
 * The effective rank of the hidden states of each rollout's tokens, how it grows, and how that changes: with m_j that of the first
 * j * stride tokens and d_j = m_j - mean(m_1 .. m_{j-1}), the velocity is mean_j d_j and the acceleration mean_j (d_j - d_{j-1})
 * (arXiv:2509.23808, section 3). 0 of what a rollout is too short for.
 */
export function rankDynamics(
  policy: Pick<Engine, 'hidden'>,
  { stride }: { readonly stride: number },
): Scorer<Parts<RankNames>> {
  return async (groups, signal) => {
    const rollouts = groups.flatMap(group => group.rollouts)
    const sequences = rollouts.map(({ promptIds, ids }) => concat(promptIds, ids))
    const states = await policy.hidden(sequences, signal)
    const found = rollouts.map(({ promptIds, ids }, i) => {
      const width = states[i]!.length / sequences[i]!.length
      const own = states[i]!.subarray(promptIds.length * width)
      const lengths = Array.from(
        { length: Math.floor(ids.length / stride) },
        (_, j) => (j + 1) * stride,
      )
      const changes = changesOf(lengths.map(length => effectiveRank(own, width, length)))
      return { rank: ids.length === 0 ? 0 : effectiveRank(own, width), ...changes }
    })
    const next = found.values()
    return groups.map(group => {
      const own = group.rollouts.map(() => next.next().value!)
      return {
        parts_G: {
          rank: own.map(({ rank }) => rank),
          rankVelocity: own.map(({ velocity }) => velocity),
          rankAcceleration: own.map(({ acceleration }) => acceleration),
        },
      }
    })
  }
}

/** How a rank grows along a rollout, and how that changes; 0 where it is known too seldom. */
export function changesOf(ranks: readonly number[]) {
  const first = ranks.slice(1).map((m, j) => m - mean(ranks.slice(0, j + 1)))
  const second = first.slice(1).map((d, j) => d - first[j]!)
  const meanOr0 = (xs: readonly number[]): number => (xs.length === 0 ? 0 : mean(xs))
  return { velocity: meanOr0(first), acceleration: meanOr0(second) }
}
