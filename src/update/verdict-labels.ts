import type { ValueLoss } from '../method.ts'

/**
 * Teaches a verifier whether rollouts are right: the binary cross-entropy of the sigmoid of what it says at their end, the mean over the
 * minibatch (arXiv:2508.05613, section 3.2). Reports the share that it had told.
 */
export function verdictLabels(): ValueLoss {
  return {
    of: batch => {
      const known = batch.filter(({ values_T }) => values_T.length > 0).length
      let [loss, told] = [0, 0]
      const dvalues_G_T = batch.map(({ values_T, returns_T }) => {
        const slopes_T = new Float32Array(values_T.length)
        const end = values_T.length - 1
        if (end < 0) return slopes_T
        const [said, right] = [values_T[end]!, Number(returns_T[end]! > 0.5)]
        loss += (Math.max(said, 0) - said * right + Math.log1p(Math.exp(-Math.abs(said)))) / known
        slopes_T[end] = (1 / (1 + Math.exp(-said)) - right) / known
        if (said > 0 === (right === 1)) told++
        return slopes_T
      })
      return { loss, dvalues_G_T, metrics: { 'verifier/told': told / Math.max(known, 1) } }
    },
  }
}
