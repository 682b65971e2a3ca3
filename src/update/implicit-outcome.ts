import type { Engine } from '../engine/engine.ts'
import type { Loss, Pupil, TokenLesson } from '../method.ts'

/**
 * Teaches an implicit reward model outcomes: cross-entropy of sigmoid(beta * sum_t (log p - log p_reference)) with the outcome,
 * which stands where a policy's loss has its advantages; the mean over rollouts (arXiv:2502.01456, eq. 2). Reports the share
 * of rollouts whose outcome it had told.
 */
export function implicitOutcome({ beta }: { readonly beta: number }): Loss {
  const of: Loss['of'] = batch => {
    let [loss, told] = [0, 0]
    const dlogprobs_G_T = batch.map(({ logprobs_T, reference_T, advantages_T, trained_T }, g) => {
      if (reference_T === null)
        throw new RangeError(`implicitOutcome: rollout ${g} has no reference_T`)
      const first = trained_T.indexOf(1)
      if (first < 0) return new Float32Array(logprobs_T.length)
      const outcome = advantages_T[first]
      let reward = 0
      for (let t = 0; t < logprobs_T.length; t++)
        if (trained_T[t] === 1) reward += beta * (logprobs_T[t] - reference_T[t])
      // -outcome log sigmoid(reward) - (1 - outcome) log sigmoid(-reward), without overflow
      const own = Math.max(reward, 0) - outcome * reward + Math.log1p(Math.exp(-Math.abs(reward)))
      loss += own / batch.length
      const chance = 1 / (1 + Math.exp(-reward))
      if (chance > 0.5 === outcome > 0.5) told++
      const slope = (beta * (chance - outcome)) / batch.length
      return Float32Array.from(trained_T, trained => trained * slope)
    })
    const metrics = { 'update/told': told / Math.max(1, batch.length) }
    return { loss, dlogprobs_G_T, metrics }
  }
  return { needsReference: true, offPolicy: true, of }
}

export interface RewardModelOptions {
  readonly beta: number
  readonly rate: number // step size of AdamW
  readonly reference: NonNullable<TokenLesson['reference']>
}

/** An implicit reward model that learns, beside the policy, the stream `outcome`. */
export function rewardModel(
  engine: Engine,
  { beta, rate, reference }: RewardModelOptions,
): Pupil<'outcome'> {
  const loss = implicitOutcome({ beta })
  const lesson = { of: 'tokens', stream: 'outcome', loss, reference } as const
  return { name: 'reward_model', engine, learningRate: rate, lesson }
}
