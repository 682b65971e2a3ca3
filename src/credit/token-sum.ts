import { written } from '../groups/written.ts'
import type { TokenRewards } from '../method.ts'
import { type Rule, told } from './streams.ts'

/**
 * The rewards of the tokens still to come, G[t] = r[t] + discount * G[t + 1] over the policy's own tokens, in units of reward
 * (arXiv:2502.01456, eq. 5); null of a rollout without rewards.
 */
export function tokenSum({ discount = 1 } = {}): Rule<TokenRewards> {
  return told(
    ({ rollouts }, { tokens_G_T }) =>
      rollouts.map((rollout, g) => {
        const rewards_T = tokens_G_T[g]
        if (rewards_T === null) return null
        if (rewards_T.length !== rollout.ids.length)
          throw new RangeError(
            `tokenSum: ${rewards_T.length} rewards for ${rollout.ids.length} tokens of rollout ${g}`,
          )
        const written_T = written(rollout)
        const returns_T = new Float32Array(rewards_T.length)
        let toCome = 0
        for (let t = returns_T.length - 1; t >= 0; t--) {
          if (written_T[t] === 1) toCome = rewards_T[t] + discount * toCome
          returns_T[t] = toCome
        }
        return returns_T
      }),
    {
      name: 'token rewards to come',
      formula: `G[t] = sum over tokens j >= t of ${discount === 1 ? '' : `${discount}^(j - t) * `}r[j]`,
      source: 'arXiv:2502.01456, eq. 5',
      options: { discount },
    },
  )
}
tokenSum.trial = {}
