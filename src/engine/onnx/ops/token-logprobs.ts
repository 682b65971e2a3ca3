import { type Graph, requireShapes, type Value } from '../graph.ts'

/** What a row of logits says of its target. */
export interface TokenLogprobs {
  readonly logprobs: Value // [N, 1]
  readonly entropies: Value // [N, 1], nats
}

/**
 * Log-probability of each row's target and the entropy of the row: logits [N, V], targets [N, 1] integers.
 * Backward, of the log-probability alone: dlogits = dlogprob (onehot(target) - softmax(logits)).
 */
export function tokenLogprobs(g: Graph, logits: Value, targets: Value): TokenLogprobs {
  const [rows] = logits.shape
  const fits = logits.shape.length === 2 && targets.shape.length === 2 && targets.shape[0] === rows
  requireShapes(fits, 'tokenLogprobs', 'logits [N, V] and targets [N, 1]', logits, targets)
  const column = [rows!, 1]
  const logSoftmax = g.node('LogSoftmax', [logits], logits.shape, { attributes: { axis: -1 } })
  const logprobs = g.node('GatherElements', [logSoftmax, targets], column, {
    attributes: { axis: 1 },
  })
  const p = g.node('Exp', [logSoftmax], logits.shape)
  const terms = g.node('Mul', [p, logSoftmax], logits.shape)
  const negative = g.node('ReduceSum', [terms, g.integers([-1])], column, {
    attributes: { keepdims: 1 },
  })
  const entropies = g.node('Neg', [negative], column)
  g.record([logits], [logprobs], ([dy]) => {
    const minus = g.node('Neg', [dy!], column)
    const pulled = g.node('Mul', [p, minus], logits.shape)
    const attributes = { axis: 1, reduction: 'add' }
    return [g.node('ScatterElements', [pulled, targets, dy!], logits.shape, { attributes })]
  })
  return { logprobs, entropies }
}
