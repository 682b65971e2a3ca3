import type { Outcome, Parts } from '../method.ts'
import { type Rule, told } from './streams.ts'

/**
 * Every token is credited with the outcome, -1 to 1, times how sure the policy was, the product kept in [low, high] by its size:
 * right and sure is best, wrong and sure is worst (arXiv:2509.17730). null where outcome or confidence is not known.
 */
export function confidentOutcome({
  low,
  high,
}: {
  readonly low: number // least size of a reward
  readonly high: number // largest size
}): Rule<Outcome & Parts<'confidence'>> {
  if (!(low >= 0 && low <= high))
    throw new RangeError(`confidentOutcome: expected 0 <= low <= high, got ${low} and ${high}`)
  return told(
    ({ rollouts }, { outcome_G, parts_G: { confidence } }) =>
      rollouts.map(({ ids }, g) => {
        const [outcome, sure] = [outcome_G[g], confidence[g]]
        if (outcome == null || sure == null) return null
        const size = Math.min(Math.max(sure, low), high)
        return new Float32Array(ids.length).fill((2 * outcome - 1) * size)
      }),
    {
      name: 'outcome by confidence',
      formula: `G[t] = (2 * outcome - 1) * confidence, kept in [${low}, ${high}]`,
      source: 'arXiv:2509.17730',
      options: { low, high },
    },
  )
}
confidentOutcome.trial = { usual: () => ({ low: 0.2, high: 1 }) }
