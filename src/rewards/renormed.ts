import type { Outcome, Scorer, StepRewards } from '../method.ts'
import { both } from './both.ts'

/**
 * Steps and outcome on one scale, both centred: a step with judged quality p and outcome r, each 0 to 1, earns (p - 1/2) + (r - 1/2)
 * (arXiv:2509.25598, section 3.3); a judge's score is 2 p - 1. Where the two disagree it is worth nothing. null where one is not known.
 */
export function renormed(
  grade: Scorer<Outcome>,
  scoreSteps: Scorer<StepRewards>,
): Scorer<Outcome & StepRewards> {
  const raw = both(grade, scoreSteps)
  const scorer: typeof raw = async (groups, signal) =>
    (await raw(groups, signal)).map(({ outcome_G, steps_G_S }) => ({
      outcome_G,
      steps_G_S: steps_G_S.map((scores_S, g) => {
        const outcome = outcome_G[g]
        if (scores_S === null || outcome == null) return null
        return scores_S.map(score => score / 2 + outcome - 0.5)
      }),
    }))
  return Object.assign(scorer, { begin: raw.begin })
}
