import { written } from '../groups/written.ts'
import type { Parts, Scorer } from '../method.ts'
import { mean } from '../numbers/numeric.ts'

/** How sure the policy was of a rollout: the geometric mean of its tokens' probabilities, in [0, 1]; null of no token. */
export const confidence: Scorer<Parts<'confidence'>> = async groups =>
  groups.map(({ rollouts }) => ({
    parts_G: {
      confidence: rollouts.map(rollout => {
        const written_T = written(rollout)
        const own = rollout.logprobs_T.filter((_, t) => written_T[t] === 1)
        return own.length === 0 ? null : Math.exp(mean(own))
      }),
    },
  }))
