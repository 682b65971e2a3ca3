import { type Graph, requireShapes, type Value } from '../graph.ts'

/** What a row of logits says of its target. */
export interface TokenLogprobs {
  readonly logprobs: Value // [N, 1]
  readonly entropies: Value // [N, 1], nats
  readonly means: Value // [N, 1], of the row's log-probabilities; no gradient passes
}

/**
 * Log-probability of each row's target and the entropy of the row: logits [N, V], targets [N, 1] integers.
 * Backward: dlogits = dlogprob (onehot(target) - p) - dentropy p (log p + entropy), with p = softmax(logits).
 */
export function tokenLogprobs(g: Graph, logits: Value, targets: Value): TokenLogprobs {
  const [rows] = logits.shape
  const fits = logits.shape.length === 2 && targets.shape.length === 2 && targets.shape[0] === rows
  requireShapes(fits, 'tokenLogprobs', 'logits [N, V] and targets [N, 1]', logits, targets)
  const column = [rows!, 1]
  const { shape } = logits
  const logSoftmax = g.node('LogSoftmax', [logits], shape, { attributes: { axis: -1 } })
  const logprobs = g.node('GatherElements', [logSoftmax, targets], column, {
    attributes: { axis: 1 },
  })
  const p = g.node('Exp', [logSoftmax], shape)
  const terms = g.node('Mul', [p, logSoftmax], shape)
  const negative = g.node('ReduceSum', [terms, g.integers([-1])], column, {
    attributes: { keepdims: 1 },
  })
  const entropies = g.node('Neg', [negative], column)
  g.record([logits], [logprobs, entropies], ([dlogprob, dentropy]) => {
    const parts: Value[] = []
    if (dlogprob) {
      const pulled = g.node('Mul', [p, g.node('Neg', [dlogprob], column)], shape)
      const attributes = { axis: 1, reduction: 'add' }
      parts.push(g.node('ScatterElements', [pulled, targets, dlogprob], shape, { attributes }))
    }
    if (dentropy) {
      const surprise = g.node('Sub', [negative, logSoftmax], shape)
      const weighted = g.node('Mul', [p, dentropy], shape)
      parts.push(g.node('Mul', [weighted, surprise], shape))
    }
    return [parts.length === 1 ? parts[0]! : g.node('Add', parts, shape)]
  })
  return { logprobs, entropies, means: g.rowMean(logSoftmax) }
}
