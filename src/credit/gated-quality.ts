import type { Outcome, StepRewards } from '../method.ts'
import { knownMean } from '../numbers/numeric.ts'
import { isTagged } from '../text/answer-tags.ts'
import { lastBox } from '../text/boxes.ts'
import { type Rule, told } from './streams.ts'

/**
 * Every token is credited with 1 for an answer in a box or in tags, 1 for a right one, and only where it is right with the quality of the
 * reasoning, 0 to 1, that of its steps' mean score (arXiv:2508.05170, eq. 6). null where one that counts is not known.
 */
export function gatedQuality(): Rule<Outcome & StepRewards> {
  return told(
    ({ rollouts }, { outcome_G, steps_G_S }) =>
      rollouts.map(({ ids, text }, g) => {
        const [outcome, score] = [outcome_G[g], knownMean(steps_G_S[g]!)]
        if (outcome == null || (outcome > 0.5 && score === null)) return null
        const quality = outcome > 0.5 ? (1 + score!) / 2 : 0
        const form = Number(lastBox(text) !== null || isTagged(text))
        return new Float32Array(ids.length).fill(form + outcome + quality)
      }),
    {
      name: 'quality where it is right',
      formula: 'G[t] = form + outcome + quality of the steps of a right answer',
      source: 'arXiv:2508.05170, eq. 6',
    },
  )
}
gatedQuality.trial = {}
