// Which rollout of an iteration shows best what an alarm is about, so that whoever reads the alarm can look at it.

import { hasFailed } from '../groups/talk.ts'
import type { Iteration } from '../iterate.ts'
import { rewardedOf } from '../rewards/gated.ts'
import { isRight } from '../rewards/grader.ts'
import { type PatternLimits, patternNames, type Rewarded, shows } from '../rewards/patterns.ts'

/** A rollout by its place in an iteration. */
export interface Suspect {
  readonly group: number
  readonly rollout: number
}

/**
 * The rollout with the pattern of an alarm that was rewarded most: by its label, then by its worst step. Of an alarm about
 * rewards that one of those that are not known to be right; null where none shows it, as with a fall of right answers.
 */
export function suspect(
  pattern: string,
  { groups_P, rewards_P }: Pick<Iteration, 'groups_P' | 'rewards_P'>,
  limits: PatternLimits,
): Suspect | null {
  const name = patternNames.find(one => one.replaceAll('-', ' ') === pattern)
  if (name === undefined && pattern !== 'reward without right answers') return null
  const isSuspect = (one: Rewarded): boolean =>
    name === undefined ? one.outcome === null || !isRight(one.outcome) : shows(name, one, limits)
  const found = groups_P.flatMap((group, p) =>
    rewardedOf(group, rewards_P[p]!).flatMap((one, g) => {
      const { origin } = group.rollouts[g]!
      const own = origin === undefined && !hasFailed(group.rollouts[g]!)
      return own && isSuspect(one) ? [{ group: p, rollout: g, ...rewardsOf(one) }] : []
    }),
  )
  if (found.length === 0) return null
  const { group, rollout } = found.reduce((best, one) => (isAbove(one, best) ? one : best))
  return { group, rollout }
}

interface Rewards {
  readonly label: number
  readonly worst: number
}

/** Less than any reward where there is none. */
function rewardsOf({ outcome, steps_S }: Rewarded): Rewards {
  const none = Number.NEGATIVE_INFINITY
  return { label: outcome ?? none, worst: steps_S?.length ? Math.min(...steps_S) : none }
}

function isAbove(a: Rewards, b: Rewards): boolean {
  return a.label > b.label || (a.label === b.label && a.worst > b.worst)
}
