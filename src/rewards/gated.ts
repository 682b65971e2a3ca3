import type { Rewards, Scorer } from '../method.ts'
import type { Group } from '../types.ts'
import { type PatternLimits, type PatternName, type Rewarded, shows } from './patterns.ts'

/** What a flagged rollout gets instead of its rewards. */
export interface GateValues {
  readonly outcome?: number // default 0: as a wrong answer. A missing label stays missing
  readonly steps?: number // default -1: every step as wrong as can be
}

/**
 * A scorer whose rewards of a rollout that shows one of the patterns are replaced: its outcome, where it has one, and every
 * step's score. Other streams are left as they are.
 */
export function gated<R extends Rewards>(
  scorer: Scorer<R>,
  patterns: readonly PatternName[],
  limits: PatternLimits,
  { outcome = 0, steps = -1 }: GateValues = {},
): Scorer<R> {
  const replacing: Scorer<R> = async (groups, signal) => {
    const rewards_P = await scorer(groups, signal)
    return rewards_P.map((rewards, p) => {
      const flagged_G = rewardedOf(groups[p]!, rewards).map(one =>
        patterns.some(name => shows(name, one, limits)),
      )
      if (!flagged_G.includes(true)) return rewards
      const outcome_G = rewards.outcome_G.map((label, g) =>
        flagged_G[g] && label !== null ? outcome : label,
      )
      const steps_G_S = rewards.steps_G_S?.map((scores_S, g) =>
        flagged_G[g] && scores_S !== null
          ? new Float32Array(scores_S.length).fill(steps)
          : scores_S,
      )
      return { ...rewards, outcome_G, ...(steps_G_S ? { steps_G_S } : {}) }
    })
  }
  return Object.assign(replacing, { begin: scorer.begin })
}

/** The rollouts of a group, each with its rewards. */
export function rewardedOf({ rollouts }: Group, rewards: Rewards): Rewarded[] {
  return rollouts.map((rollout, g) => ({
    rollout,
    outcome: rewards.outcome_G[g] ?? null,
    steps_S: rewards.steps_G_S?.[g] ?? null,
  }))
}
