import { type LogitLoss, positions, softplus, type Terms } from './loss.ts'

/**
 * -y log p - (1 - y) log(1 - p) with p = softmax(logits)[1]: classes are wrong and right, y is 0 or 1 (hard labels) or
 * between them, such as the share of completions that end right (soft labels, arXiv:2406.06592). A wrong label counts as
 * `wrongWeight` right ones, in the loss and in the number of its terms.
 */
export function crossEntropy({
  wrongWeight = 1,
}: {
  readonly wrongWeight?: number
} = {}): LogitLoss {
  if (!(wrongWeight > 0 && wrongWeight < Infinity))
    throw new RangeError(`crossEntropy: wrongWeight ${wrongWeight}; expected a number above 0`)
  const size = { classes: 2, targets: 1 }
  const distribution = (y: number): [number, number] => [wrongWeight * (1 - y), y]
  const of = (logits: Float32Array, labels: Float32Array): Terms => {
    const count = positions('crossEntropy', size, logits, labels)
    const slopes = new Float32Array(logits.length)
    let [loss, terms] = [0, 0]
    for (let n = 0; n < count; n++) {
      if (Number.isNaN(labels[n])) continue
      const [wrong, right] = distribution(labels[n]!)
      const margin = logits[2 * n + 1]! - logits[2 * n]!
      loss += right * softplus(-margin) + wrong * softplus(margin)
      terms += right + wrong
      slopes[2 * n + 1] = (right + wrong) / (1 + Math.exp(-margin)) - right
      slopes[2 * n] = -slopes[2 * n + 1]!
    }
    return { loss, terms, slopes }
  }
  return { ...size, distribution, of }
}
