import type { Engine } from '../engine/engine.ts'
import type { Pupil, ValueLoss } from '../method.ts'

/**
 * A model whose logits, in the mean over a rollout's tokens, are the log-odds of its outcome; it learns the stream `outcome`
 * beside the policy, where it said `values` (arXiv:2502.06781, eq. 6).
 */
export function tokenRewardModel(
  engine: Engine,
  learningRate: number,
): Pupil<'outcome' | 'values'> {
  const lesson = { of: 'values', values: 'values', returns: 'outcome', loss: meanLogit() } as const
  return { name: 'token_rewards', engine, learningRate, lesson }
}

/** Cross-entropy of the sigmoid of the mean logit with the outcome, the mean over rollouts. */
export function meanLogit(): ValueLoss {
  return {
    of: batch => {
      let loss = 0
      const dvalues_G_T = batch.map(({ values_T, returns_T, trained_T }) => {
        const n = trained_T.reduce((a, b) => a + b, 0)
        if (n === 0) return new Float32Array(values_T.length)
        const logit = values_T.reduce((sum, v, t) => sum + trained_T[t] * v, 0) / n
        const outcome = returns_T[trained_T.indexOf(1)]
        const own = Math.max(logit, 0) - outcome * logit + Math.log1p(Math.exp(-Math.abs(logit)))
        loss += own / batch.length
        const slope = (1 / (1 + Math.exp(-logit)) - outcome) / n / batch.length
        return Float32Array.from(trained_T, trained => trained * slope)
      })
      return { loss, dvalues_G_T, metrics: {} }
    },
  }
}
