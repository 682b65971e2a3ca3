import { type Graph, requireShapes, type Value } from '../graph.ts'

/**
 * Log-likelihood of each row's target distribution: logits [N, C], targets [N, C]; y [N, 1] = sum_c target_c log p_c
 * with p = softmax(logits). Backward: dlogits = dy (target - p sum_c target_c).
 */
export function classLikelihood(g: Graph, logits: Value, targets: Value): Value {
  const fits = logits.shape.length === 2 && logits.shape.every((dim, i) => dim === targets.shape[i])
  requireShapes(fits, 'classLikelihood', 'logits [N, C] and targets [N, C]', logits, targets)
  const { shape } = logits
  const column = [shape[0]!, 1]
  const sum = (x: Value): Value =>
    g.node('ReduceSum', [x, g.integers([-1])], column, { attributes: { keepdims: 1 } })
  const logSoftmax = g.node('LogSoftmax', [logits], shape, { attributes: { axis: -1 } })
  const y = sum(g.node('Mul', [targets, logSoftmax], shape))
  g.record([logits], [y], ([dy]) => {
    const expected = g.node('Mul', [g.node('Exp', [logSoftmax], shape), sum(targets)], shape)
    const missing = g.node('Sub', [targets, expected], shape)
    return [g.node('Mul', [missing, dy!], shape)]
  })
  return y
}
