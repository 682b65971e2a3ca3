import { type LogitLoss, positions, sigmoid, softplus, type Terms } from './loss.ts'

/**
 * Two binary cross-entropies on one trunk (DuaShepherd, arXiv:2506.17533): whether a step is right, and whether the answer
 * will be. They are two outputs of a token-classification head, each the log-odds of its own yes; a step's score is the
 * product of both probabilities. Labels are pairs [right, value]; either may be missing.
 */
export function twoHeads(): LogitLoss {
  const size = { classes: 2, targets: 2 }
  const of = (logits: Float32Array, labels: Float32Array): Terms => {
    positions('twoHeads', size, logits, labels)
    const slopes = new Float32Array(logits.length)
    let [loss, terms] = [0, 0]
    for (let n = 0; n < labels.length; n++) {
      const [x, y] = [logits[n]!, labels[n]!]
      if (Number.isNaN(y)) continue
      loss += softplus(x) - y * x
      terms++
      slopes[n] = sigmoid(x) - y
    }
    return { loss, terms, slopes }
  }
  return { ...size, of }
}
