import { type LogitLoss, positions, sigmoid, type Terms } from './loss.ts'

/**
 * (p - y)^2 with p the logistic function of the head's one output: a value in [0, 1], such as the share of completions
 * that end right. Its slope fades where p is sure, whether it is right or not.
 */
export function squaredError(): LogitLoss {
  const size = { classes: 1, targets: 1 }
  const of = (logits: Float32Array, labels: Float32Array): Terms => {
    const count = positions('squaredError', size, logits, labels)
    const slopes = new Float32Array(count)
    let [loss, terms] = [0, 0]
    for (let n = 0; n < count; n++) {
      if (Number.isNaN(labels[n])) continue
      const p = sigmoid(logits[n]!)
      const error = p - labels[n]!
      loss += error ** 2
      terms++
      slopes[n] = 2 * error * p * (1 - p)
    }
    return { loss, terms, slopes }
  }
  return { ...size, of }
}
