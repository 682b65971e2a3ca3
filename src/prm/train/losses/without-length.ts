import { type Correlated, correlation } from '../../../numbers/correlation.ts'
import { type PreferenceLoss, sigmoid, softplus } from './loss.ts'

/**
 * Two outputs where the last step is read, one for quality and one for length (ODIN, arXiv:2402.07319, eq. 3 to 6): -log sigmoid of
 * the difference of their sums, and weight * (|rho(quality, length)| + 1 - rho(length output, length)), rho the correlation over all
 * solutions of the batch, the length being its number of tokens.
 */
export function withoutLength({ weight = 1 }: { readonly weight?: number } = {}): PreferenceLoss {
  if (!(weight >= 0 && weight < Infinity))
    throw new RangeError(`withoutLength: weight ${weight}; expected a number from 0`)
  return {
    classes: 2,
    of: pairs_P => {
      const sides = pairs_P.flat()
      const lengths = sides.map(({ tokens }) => tokens)
      const output = (c: number): Correlated =>
        correlation(
          sides.map(({ logits }) => logits.at(c)!),
          lengths,
        )
      const [quality, length] = [output(-2), output(-1)]
      let loss = pairs_P.length * weight * (Math.abs(quality.rho) + 1 - length.rho)
      const slopes_G = sides.map(({ logits }, g) => {
        const slopes = new Float32Array(logits.length)
        const scale = pairs_P.length * weight
        slopes[slopes.length - 2] = scale * Math.sign(quality.rho) * quality.slopes[g]!
        slopes[slopes.length - 1] = -scale * length.slopes[g]!
        return slopes
      })
      pairs_P.forEach((pair, p) => {
        const [chosen, rejected] = pair.map(({ logits }) => logits.at(-2)! + logits.at(-1)!)
        loss += softplus(rejected! - chosen!)
        const slope = sigmoid(rejected! - chosen!)
        for (const back of [1, 2]) {
          const [up, down] = [slopes_G[2 * p]!, slopes_G[2 * p + 1]!]
          up[up.length - back]! -= slope
          down[down.length - back]! += slope
        }
      })
      const slopes_P = pairs_P.map((_, p) => [slopes_G[2 * p]!, slopes_G[2 * p + 1]!] as const)
      return { loss, terms: pairs_P.length, slopes_P }
    },
  }
}
