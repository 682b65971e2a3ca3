import type { Parts, Rewarded, Select } from '../method.ts'
import { deviation, mean } from '../numbers/numeric.ts'
import { all } from './select.ts'

/** How far a part of the rewards usually spreads within groups, as an iteration found it. */
export interface UsualSpread {
  readonly spread: number | null // null: not looked at yet
  readonly seen: number // iterations
}

/**
 * Groups whose part of the rewards spreads at least `share` of what is usual, by the deviation of a sample; all of them in the
 * first ten iterations (RLPR, arXiv:2506.18254, section 3.3). Rollouts whose part is not known do not count.
 */
export function wideEnough<K extends string>(
  part: K,
  { usual, share }: { readonly usual: UsualSpread | null; readonly share: number },
): Select<Parts<K>> {
  const least = usual === null || usual.seen < 10 ? 0 : share * (usual.spread ?? 0)
  return ({ groups_P, rewards_P }) =>
    groups_P.map((group, p) => (spreadOf(rewards_P[p]!, part) < least ? [] : all(group)))
}

/** The usual spread after a batch: the mean of iterations 6 to 10, from then on moved by a hundredth of what is missing. */
export function nextSpread<K extends string>(
  part: K,
  usual: UsualSpread | null,
): (batch: Rewarded<Parts<K>>) => { readonly spread: number | null; readonly seen: number } {
  return ({ rewards_P }) => {
    const { spread, seen } = usual ?? { spread: null, seen: 0 }
    const found = mean(rewards_P.map(rewards => spreadOf(rewards, part)).filter(Number.isFinite))
    if (seen < 5 || Number.isNaN(found)) return { spread, seen: seen + 1 }
    const rate = seen < 10 ? 1 / (seen - 4) : 0.01
    return { spread: spread === null ? found : spread + rate * (found - spread), seen: seen + 1 }
  }
}

/** The deviation of a sample; 0 of fewer than two. */
function spreadOf<K extends string>({ parts_G }: Parts<K>, part: K): number {
  const known = parts_G[part].filter(value => value !== null)
  const n = known.length
  return n < 2 ? 0 : deviation(known) * Math.sqrt(n / (n - 1))
}
