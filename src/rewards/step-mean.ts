import type { Parts, Scorer, StepRewards } from '../method.ts'
import { knownMean } from '../numbers/numeric.ts'

/** What a judge makes of a whole rollout, 0 to 1: the mean score of its steps; null where they are not judged. */
export function stepMean(scoreSteps: Scorer<StepRewards>): Scorer<Parts<'quality'>> {
  const scorer: Scorer<Parts<'quality'>> = async (groups, signal) =>
    (await scoreSteps(groups, signal)).map(({ steps_G_S }) => {
      const means = steps_G_S.map(knownMean)
      return { parts_G: { quality: means.map(mean => (mean === null ? null : (1 + mean) / 2)) } }
    })
  return Object.assign(scorer, { begin: scoreSteps.begin })
}
