import { sampledTokens } from '../groups/talk.ts'
import type { Outcome, Parts, Rewarded, Scorer } from '../method.ts'
import { mean } from '../numbers/numeric.ts'

/** -price for each token that the policy wrote, right or wrong. */
export function lengthPenalty(price: number): Scorer<Parts<'length'>> {
  return async groups =>
    groups.map(({ rollouts }) => ({
      parts_G: { length: rollouts.map(rollout => 0 - price * sampledTokens(rollout)) },
    }))
}

/** What a token costs, and the accuracy that is to be kept. */
export interface TokenPrice {
  readonly price: number
  readonly kept: number | null // null: that of the next batch
}

/**
 * The price after a batch, max(0, price + rate * (accuracy - kept)): higher while answers are right often enough, lower once they
 * are not (A-DLP, arXiv:2505.18298, eq. 5). Without any labelled rollout it stays as it was.
 */
export function nextPrice(
  { price, kept }: TokenPrice,
  rate: number,
): (batch: Rewarded<Outcome>) => { readonly price: number; readonly kept: number | null } {
  return ({ rewards_P }) => {
    const labels = rewards_P.flatMap(({ outcome_G }) =>
      outcome_G.filter((x): x is number => Number.isFinite(x)),
    )
    if (labels.length === 0) return { price, kept }
    const accuracy = mean(labels)
    const aim = kept ?? accuracy
    return { price: Math.max(0, price + rate * (accuracy - aim)), kept: aim }
  }
}
