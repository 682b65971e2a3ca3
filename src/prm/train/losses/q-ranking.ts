import { type LogitLoss, positions, type Terms } from './loss.ts'

/**
 * Ranks the values Q of a solution's steps instead of fitting them (PQM, arXiv:2410.11287, eq. 10): later right steps above
 * earlier ones, all of them above the start (Q = 0), and that above the wrong ones by a margin. The mean over t, of
 * -log(exp Q_t / (sum of exp Q_s over the start and right steps s <= t + sum of exp(Q_w + margin) over wrong steps w)),
 * where t runs over the right steps and, where some step is wrong, the start. The head has one output; a label of at least
 * 0.5 is right. One term a solution; none where nothing can be ranked. As the code that made the paper's models has it,
 * without the 1e-5 inside its logarithm.
 */
export function qRanking({ margin = 4 }: { readonly margin?: number } = {}): LogitLoss {
  if (!(margin >= 0 && margin < Infinity))
    throw new RangeError(`qRanking: margin ${margin}; expected a number from 0`)
  const size = { classes: 1, targets: 1 }
  const of = (logits: Float32Array, labels: Float32Array): Terms => {
    positions('qRanking', size, logits, labels)
    const right: number[] = []
    const wrong: number[] = []
    labels.forEach((label, s) => {
      if (!Number.isNaN(label)) (label >= 0.5 ? right : wrong).push(s)
    })
    const slopes = new Float32Array(logits.length)
    const ranked = right.length + Number(wrong.length > 0)
    if (ranked === 0) return { loss: 0, terms: 0, slopes }
    const below = wrong.map(s => logits[s]! + margin)
    let loss = 0
    for (let t = wrong.length > 0 ? -1 : 0; t < right.length; t++) {
      const upTo = right.slice(0, t + 1)
      const all = [0, ...upTo.map(s => logits[s]!), ...below]
      const total = logSumExp(all)
      loss += (total - (t < 0 ? 0 : logits[right[t]!]!)) / ranked
      upTo.forEach(s => {
        slopes[s]! += Math.exp(logits[s]! - total) / ranked
      })
      wrong.forEach((s, w) => {
        slopes[s]! += Math.exp(below[w]! - total) / ranked
      })
      if (t >= 0) slopes[right[t]!]! -= 1 / ranked
    }
    return { loss, terms: 1, slopes }
  }
  return { ...size, of }
}

function logSumExp(values: readonly number[]): number {
  const most = Math.max(...values)
  return most + Math.log(values.reduce((sum, x) => sum + Math.exp(x - most), 0))
}
