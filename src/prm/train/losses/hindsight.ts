import { type Judged, type PreferenceLoss, sigmoid, softplus } from './loss.ts'

/**
 * Rewards of steps, the head's one output, from preferences between whole solutions (Hindsight PRIOR, arXiv:2404.08828, eq. 3 and
 * 6): -log sigmoid of the difference of their sums, and weight * the mean over the steps of (reward - importance * sum)^2 of both
 * solutions, the sum in it being taken as it is.
 */
export function hindsight({ weight = 1 }: { readonly weight?: number } = {}): PreferenceLoss {
  if (!(weight >= 0 && weight < Infinity))
    throw new RangeError(`hindsight: weight ${weight}; expected a number from 0`)
  return {
    classes: 1,
    of: pairs_P => {
      let loss = 0
      const slopes_P = pairs_P.map(pair => {
        const [chosen, rejected] = pair.map(({ logits }) => logits.reduce((a, b) => a + b, 0))
        loss += softplus(rejected! - chosen!)
        const slope = sigmoid(rejected! - chosen!)
        return pair.map((one, side) => {
          const errors_S = errorsOf(one)
          loss += (weight * errors_S.reduce((sum, e) => sum + e ** 2, 0)) / errors_S.length
          return errors_S.map(
            e => (side === 0 ? -slope : slope) + (2 * weight * e) / errors_S.length,
          )
        }) as unknown as readonly [Float32Array, Float32Array]
      })
      return { loss, terms: pairs_P.length, slopes_P }
    },
  }
}

/** How far each step's reward is from its share of the sum of all. */
export function errorsOf({ logits, importance_S }: Judged): Float32Array {
  const sum = logits.reduce((a, b) => a + b, 0)
  return logits.map((reward, s) => reward - importance_S[s]! * sum)
}
