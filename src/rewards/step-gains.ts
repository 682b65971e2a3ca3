import type { Scorer, StepRewards } from '../method.ts'

/** What each step adds to the judge's score of what stood before it, which is 0 before the first. */
export function stepGains(scoreSteps: Scorer<StepRewards>): Scorer<StepRewards> {
  const scorer: Scorer<StepRewards> = async (groups, signal) =>
    (await scoreSteps(groups, signal)).map(({ steps_G_S }) => ({
      steps_G_S: steps_G_S.map(
        scores_S => scores_S?.map((score, s) => score - (s === 0 ? 0 : scores_S[s - 1]!)) ?? null,
      ),
    }))
  return Object.assign(scorer, { begin: scoreSteps.begin })
}
