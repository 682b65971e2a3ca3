import type { Parts, Scorer, StepRewards } from '../method.ts'

/**
 * Whether the steps bear the answer: `weight` where a judge calls each right (above 0), -weight where it calls one wrong, null where
 * it has not judged them (arXiv:2505.02835, section 3.3).
 */
export function consistency(
  scoreSteps: Scorer<StepRewards>,
  weight: number,
): Scorer<Parts<'consistency'>> {
  const found = ({ steps_G_S }: StepRewards): Parts<'consistency'> => ({
    parts_G: {
      consistency: steps_G_S.map(scores_S => {
        if (scores_S === null || scores_S.length === 0) return null
        return (
          weight *
          Math.min(...scores_S.map(score => (Number.isNaN(score) ? score : score > 0 ? 1 : -1)))
        )
      }),
    },
  })
  const scorer: Scorer<Parts<'consistency'>> = async (groups, signal) =>
    (await scoreSteps(groups, signal)).map(found)
  return Object.assign(scorer, { begin: scoreSteps.begin })
}
