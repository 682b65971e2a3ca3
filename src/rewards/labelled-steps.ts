import type { Scorer, StepRewards } from '../method.ts'

/** Scores of steps as the labels that they stand for: 1 above the threshold, -1 at or below it; what is no number stays so. */
export function labelledSteps(scoreSteps: Scorer<StepRewards>, threshold = 0): Scorer<StepRewards> {
  const label = (score: number): number =>
    Number.isNaN(score) ? score : score > threshold ? 1 : -1
  const scorer: Scorer<StepRewards> = async (groups, signal) =>
    (await scoreSteps(groups, signal)).map(({ steps_G_S }) => ({
      steps_G_S: steps_G_S.map(scores_S => scores_S?.map(label) ?? null),
    }))
  return Object.assign(scorer, { begin: scoreSteps.begin })
}
