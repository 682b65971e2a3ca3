import type { Outcome, StepRewards } from '../method.ts'
import { isWrong } from './steps.ts'
import { type Rule, told } from './streams.ts'

/**
 * Every token is credited with 1 where the answer is right, -1 where it is wrong, and 1 - penalty where it is right after a step
 * that is judged wrong, below 0 (arXiv:2510.22543, eq. 6). Only right answers ask for scores: null where these are not known, or
 * the outcome is not.
 */
export function flawedOutcome({ penalty = 1 } = {}): Rule<Outcome & StepRewards> {
  return told(
    ({ rollouts }, { outcome_G, steps_G_S }) =>
      rollouts.map(({ ids }, g) => {
        const [outcome, scores_S] = [outcome_G[g], steps_G_S[g]]
        if (outcome == null || (outcome > 0.5 && scores_S == null)) return null
        const flaws = outcome > 0.5 ? [...scores_S!].reduce((n, score) => n + isWrong(score), 0) : 0
        const cost = Number.isNaN(flaws) ? Number.NaN : penalty * Number(flaws > 0)
        return new Float32Array(ids.length).fill(2 * outcome - 1 - cost)
      }),
    {
      name: 'outcome less flaws',
      formula: `G[t] = 1 of a right answer, -1 of a wrong one, ${1 - penalty} of a right one with a wrong step`,
      source: 'arXiv:2510.22543, eq. 6',
      options: { penalty },
    },
  )
}
flawedOutcome.trial = {}
