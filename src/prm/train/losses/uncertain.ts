import { type PreferenceLoss, sigmoid } from './loss.ts'

// The trapezoid rule over a bell curve is exact to many digits at this spacing.
const points = Array.from({ length: 97 }, (_, i) => (i - 48) / 8)
const density = points.map(x => Math.exp(-(x ** 2) / 2))
const total = density.reduce((a, b) => a + b, 0)

/**
 * Two outputs where the last step is read, the mean and the logarithm of the deviation of a normal reward: -log E sigmoid(z), z ~
 * N(mean_chosen - mean_rejected, variance_chosen + variance_rejected) (PURM, arXiv:2503.22480, eq. 5). Deviations of 0 make it
 * Bradley and Terry's.
 */
export function uncertain(): PreferenceLoss {
  return {
    classes: 2,
    of: pairs_P => {
      let loss = 0
      const slopes_P = pairs_P.map(pair => {
        const [means, variances] = [-2, -1].map(c => pair.map(({ logits }) => logits.at(c)!))
        const [own, other] = variances!.map(log => Math.exp(2 * log))
        const spread = Math.sqrt(own! + other!)
        const gap = means![0]! - means![1]!
        let [chance, byGap, bySpread] = [0, 0, 0]
        points.forEach((x, k) => {
          const p = sigmoid(gap + spread * x)
          const weight = density[k]! / total
          chance += weight * p
          byGap += weight * p * (1 - p)
          bySpread += weight * p * (1 - p) * x
        })
        loss -= Math.log(chance)
        const [toGap, toSpread] = [-byGap / chance, -bySpread / chance]
        return pair.map(({ logits }, side) => {
          const slopes = new Float32Array(logits.length)
          slopes[slopes.length - 2] = side === 0 ? toGap : -toGap
          // d spread / d log deviation
          slopes[slopes.length - 1] = (toSpread * [own!, other!][side]!) / spread
          return slopes
        }) as unknown as readonly [Float32Array, Float32Array]
      })
      return { loss, terms: pairs_P.length, slopes_P }
    },
  }
}
