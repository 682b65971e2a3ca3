import type { Outcome, StepRewards } from '../method.ts'
import { knownMean } from '../numbers/numeric.ts'
import { type Rule, told } from './streams.ts'

/**
 * The judge's score of a rollout, the mean of its steps', laid out within the band of its outcome, by min-max over the rollouts of that outcome:
 * [-wrong, wrong] for outcome 0, [1 - right, 1 + right] for outcome 1 (arXiv:2510.07242, eq. 3). Equal scores are the lowest,
 * as published; null where outcome or score is not known. The outcome is 1 above 0.5.
 */
export function stratified({
  wrong,
  right,
}: {
  readonly wrong: number // half the width of the band of wrong rollouts
  readonly right: number
}): Rule<Outcome & StepRewards> {
  return told(
    ({ rollouts }, { outcome_G, steps_G_S }) => {
      const scores_G = steps_G_S.map(knownMean)
      const isRight_G = outcome_G.map(outcome => (outcome === null ? null : outcome > 0.5))
      return rollouts.map(({ ids }, g) => {
        const [score, isRight] = [scores_G[g], isRight_G[g]]
        if (score === null || isRight === null) return null
        const among = scores_G.filter((x, k): x is number => x !== null && isRight_G[k] === isRight)
        const [low, high] = [Math.min(...among), Math.max(...among)]
        const share = high > low ? (score - low) / (high - low) : 0
        const half = isRight ? right : wrong
        return new Float32Array(ids.length).fill(Number(isRight) + half * (2 * share - 1))
      })
    },
    {
      name: 'scores within the outcome',
      formula: `G[t] = outcome + ${wrong} or ${right} * (2 * share - 1), share of the mean score among those of its outcome, by min-max`,
      source: 'arXiv:2510.07242, eq. 3',
      options: { wrong, right },
    },
  )
}
stratified.trial = { usual: () => ({ wrong: 0.05, right: 0.05 }) }
