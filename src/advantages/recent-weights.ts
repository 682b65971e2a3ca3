import { written } from '../groups/written.ts'
import type { Advantages, Outcome, Parts, Rewarded, Streams } from '../method.ts'
import { deviation, mean } from '../numbers/numeric.ts'
import type { Group, Rollout } from '../types.ts'
import { combine, type Part } from './combine.ts'
import { groupNorm } from './group-norm.ts'

/** The last losses of each objective, the newest last. */
export type RecentLosses<K extends string = string> = Readonly<Record<K, readonly number[]>>

export interface RecentOptions {
  readonly window: number // iterations that are compared with as many before them
  readonly heat: number // of the softmax over objectives
}

const least = 0.01 // added to both means: a loss may reach 0

/**
 * Each objective after GRPO's baseline, and their mean by recent weights, which are logged. A rollout of which one objective is not
 * known is not learned from. Texts that are replayed, rollouts of origin 'other', are one objective more, `replay`: imitated, by its
 * weight. What is sampled and what is replayed each count as a mean over their own tokens.
 */
export function recentlyWeighted<K extends string>(
  names: readonly K[],
  losses: RecentLosses<K | 'replay'> | null,
  options: RecentOptions,
): Advantages<K> {
  const replays = losses === null || losses.replay.length > 0
  const all = replays ? [...names, 'replay' as const] : names
  const weights = recentWeights<K | 'replay'>(all, losses, options)
  const parts = names.map(name => {
    const part: Part = { baseline: groupNorm(), weight: weights[name] / all.length }
    return [name, part] as const
  })
  const combined = combine(Object.fromEntries(parts) as Record<K, Part>)
  const logged = all.map(name => [`advantages/${name}_weight`, weights[name]] as const)
  return batch => {
    const streams_P = batch.streams_P.map(streams => whollyKnown(names, streams))
    const { advantages_P_G_T, metrics } = combined({ ...batch, streams_P })
    return {
      advantages_P_G_T: imitating(
        batch.groups_P,
        advantages_P_G_T,
        (weights.replay ?? 0) / all.length,
      ),
      metrics: { ...metrics, ...Object.fromEntries(logged) },
    }
  }
}
recentlyWeighted.trial = { not: 'its weights come from the losses of earlier iterations' }

/** Advantages of what was sampled, and `weight` of what is replayed, each as if a mean over all tokens were one over its own. */
function imitating(
  groups_P: readonly Group[],
  advantages_P_G_T: readonly (readonly Float32Array[])[],
  weight: number,
): readonly (readonly Float32Array[])[] {
  const rollouts = groups_P.flatMap(group => group.rollouts)
  const tokens = (some: readonly Rollout[]): number =>
    some.reduce((sum, one) => sum + written(one).reduce((a, b) => a + b, 0), 0)
  const [all, others] = [tokens(rollouts), tokens(rollouts.filter(isReplayed))]
  if (others === 0) return advantages_P_G_T
  return groups_P.map((group, p) =>
    group.rollouts.map((rollout, g) => {
      if (!isReplayed(rollout)) return advantages_P_G_T[p]![g]!.map(x => (x * all) / (all - others))
      return new Float32Array(rollout.ids.length).fill((weight * all) / others)
    }),
  )
}

function isReplayed({ origin }: Rollout): boolean {
  return origin === 'other'
}

function whollyKnown<K extends string>(names: readonly K[], streams: Streams<K>): Streams<K> {
  const known = streams[names[0]!].map((_, g) => names.every(name => streams[name][g] !== null))
  const kept = names.map(name => [name, streams[name].map((of_T, g) => (known[g] ? of_T : null))])
  return Object.fromEntries(kept) as Streams<K>
}

/**
 * Weights of objectives, 1 on average: more for one whose loss has stopped falling, or is unsteady. With m the mean of the last
 * window, m' that of the window before and d the deviation of the last: softmax((m / m' + d / (m + m')) / heat), times the number of
 * objectives (RECAP, arXiv:2510.21978, eq. 3 to 6). All 1 until two windows are there.
 */
export function recentWeights<K extends string>(
  names: readonly K[],
  losses: RecentLosses<K> | null,
  { window, heat }: RecentOptions,
): Readonly<Record<K, number>> {
  const exponents = names.map(name => {
    const all = losses?.[name] ?? []
    if (all.length < 2 * window) return null
    const [last, before] = [all.slice(-window), all.slice(-2 * window, -window)]
    const [m, earlier] = [mean(last) + least, mean(before) + least]
    return m / earlier + deviation(last) / (m + earlier)
  })
  const known = exponents.filter(x => x !== null)
  const weights = known.length < names.length ? names.map(() => 1) : soften(known, heat)
  return Object.fromEntries(names.map((name, k) => [name, weights[k]!])) as Record<K, number>
}

/** A softmax that is 1 on average. */
export function soften(exponents: readonly number[], heat: number): number[] {
  const most = Math.max(...exponents)
  const powers = exponents.map(x => Math.exp((x - most) / heat))
  return powers.map(x => (powers.length * x) / powers.reduce((a, b) => a + b))
}

/** The losses with those of a batch: 1 less the mean of the outcomes, and of each named part, of those that are known. */
export function nextLosses<K extends string>(
  losses: RecentLosses<K | 'outcome'> | null,
  parts: readonly K[],
  { window }: RecentOptions,
): (batch: Rewarded<Outcome & Parts<K>>) => Record<K | 'outcome', number[]> {
  return ({ rewards_P }) => {
    const added = (name: K | 'outcome', values: readonly (number | null)[]) => {
      const loss = 1 - mean(values.filter(value => value !== null))
      const before = losses?.[name] ?? []
      const all = Number.isFinite(loss) ? [...before, loss] : before
      return [name, all.slice(-2 * window)] as const
    }
    return Object.fromEntries([
      added(
        'outcome',
        rewards_P.flatMap(({ outcome_G }) => outcome_G),
      ),
      ...parts.map(name =>
        added(
          name,
          rewards_P.flatMap(({ parts_G }) => parts_G[name]),
        ),
      ),
    ]) as Record<K | 'outcome', number[]>
  }
}
