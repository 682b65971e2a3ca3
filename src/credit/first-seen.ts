import type { StepRewards } from '../method.ts'
import { spreadSteps } from './steps.ts'
import { type Rule, told } from './streams.ts'
import { discountedSum } from './sum.ts'

/**
 * A step that the judge calls right (above 0) earns 1 / n^decay, or its score's share of that where scores are graded, where its text stands for the n-th time in the rollout, and nothing
 * else does (ONI, arXiv:2410.23022, eq. 4): returns[s] = reward[s] + returns[s + 1]. Null of a rollout that was not judged; NaN
 * where a score is not finite.
 */
export function firstSeen({ decay = 1, graded = false } = {}): Rule<StepRewards> {
  if (!(decay >= 0)) throw new RangeError(`firstSeen: the decay must be 0 or more, got ${decay}`)
  return told(
    ({ rollouts }, { steps_G_S }) => {
      if (steps_G_S.length !== rollouts.length)
        throw new RangeError(
          `firstSeen: rewards of ${steps_G_S.length} for ${rollouts.length} rollouts`,
        )
      return rollouts.map(({ steps, ids }, g) => {
        const scores_S = steps_G_S[g]
        if (scores_S === null || steps.length === 0) return null
        const seen = new Map<string, number>()
        const rewards_S = scores_S.map((score, s) => {
          const text = steps[s]!.text.trim()
          const times = (seen.get(text) ?? 0) + 1
          seen.set(text, times)
          const share = times === 1 ? 1 : times ** -decay // 1 to the power of -Infinity is NaN
          return Number.isFinite(score)
            ? (graded ? Math.max(score, 0) : Number(score > 0)) * share
            : Number.NaN
        })
        return spreadSteps(discountedSum(rewards_S), steps, ids.length)
      })
    },
    {
      name: 'right steps, first seen',
      formula: `G[s] = sum over right steps j >= s of 1 / n^${decay}, the text of j standing there for the n-th time`,
      source: 'arXiv:2410.23022, eq. 4',
      options: { decay },
    },
  )
}
firstSeen.trial = {}
