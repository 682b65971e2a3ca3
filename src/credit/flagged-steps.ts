import type { Outcome, StepRewards } from '../method.ts'
import { isWrong, spreadSteps } from './steps.ts'
import { type Rule, told } from './streams.ts'

/**
 * Each token is credited by itself: whole * outcome, less `process` where its step is judged wrong, below 0 (arXiv:2508.02298,
 * eq. 7). null where the outcome or the steps' scores are not known.
 */
export function flaggedSteps({ whole = 2, process = 1 } = {}): Rule<Outcome & StepRewards> {
  return told(
    ({ rollouts }, { outcome_G, steps_G_S }) =>
      rollouts.map(({ ids, steps }, g) => {
        const [outcome, scores_S] = [outcome_G[g], steps_G_S[g]]
        if (outcome == null || scores_S == null) return null
        const rewards_S = scores_S.map(score => whole * outcome - process * isWrong(score))
        return spreadSteps(rewards_S, steps, ids.length)
      }),
    {
      name: 'flagged steps',
      formula: `G[t] = ${whole} * outcome, less ${process} where its step is judged wrong`,
      source: 'arXiv:2508.02298, eq. 7',
      options: { whole, process },
    },
  )
}
flaggedSteps.trial = {}
