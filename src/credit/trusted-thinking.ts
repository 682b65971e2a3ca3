import type { Outcome, StepRewards } from '../method.ts'
import { knownMean, mean } from '../numbers/numeric.ts'
import { type Rule, told } from './streams.ts'

/**
 * Every token is credited with outcome + weight * trust * thinking: thinking is the mean score of the steps, or the last one where the
 * judge is one of whole answers, moved to [0, 1], and trust is 1 where right rollouts of the group think at least as well as wrong
 * ones, else exp(their mean - that of wrong ones) (Trust-GRPO, arXiv:2505.17018, eq. 3 to 5). Groups that are all right or all wrong
 * have outcomes alone. Null where the outcome or what counts of the thinking is not known.
 */
export function trustedThinking({
  weight,
  last = false,
}: {
  readonly weight: number
  readonly last?: boolean // default false: their mean
}): Rule<Outcome & StepRewards> {
  return told(
    ({ rollouts }, { outcome_G, steps_G_S }) => {
      const thinking_G = steps_G_S.map(scores_S => {
        const score = last ? (scores_S?.at(-1) ?? null) : knownMean(scores_S)
        return score === null ? null : (1 + score) / 2
      })
      const share = mean(outcome_G.filter(outcome => outcome !== null))
      const uniform = share >= 0.9 || share <= 0.1
      const trust = trustOf(outcome_G, thinking_G)
      return rollouts.map(({ ids }, g) => {
        const [outcome, thinking] = [outcome_G[g], thinking_G[g]]
        if (outcome == null || (!uniform && thinking == null)) return null
        const bonus = uniform ? 0 : weight * trust * thinking!
        return new Float32Array(ids.length).fill(outcome + bonus)
      })
    },
    {
      name: 'outcome and trusted thinking',
      formula: `G[t] = outcome + ${weight} * trust * thinking`,
      source: 'arXiv:2505.17018, eq. 3 to 5',
      options: { weight, last },
    },
  )
}
trustedThinking.trial = { usual: () => ({ weight: 0.3 }) }

/** How far a group's scores of thinking are to be believed, in (0, 1]; 1 where right or wrong ones have none. */
export function trustOf(
  outcome_G: readonly (number | null)[],
  thinking_G: readonly (number | null)[],
): number {
  const meanOf = (right: boolean): number =>
    mean(
      thinking_G.filter((thinking, g): thinking is number => {
        const outcome = outcome_G[g]
        return thinking !== null && outcome != null && outcome >= 0.5 === right
      }),
    )
  const [right, wrong] = [meanOf(true), meanOf(false)]
  return right < wrong ? Math.exp(right - wrong) : 1
}
