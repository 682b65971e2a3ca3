import type { Baseline } from '../method.ts'
import { count, labelled, told } from './siblings.ts'

/**
 * Sums of token rewards less what the others earn a token, for each token to come: A[t] = G[t] - left[t] * mean over the other
 * labelled rollouts k of G_k[0] / length_k (arXiv:2502.01456, eq. 5). With `scaled` as in the code published with it: the
 * rewards of a group of n count n / (n - 1), and the mean is over all n times n / (n - 1); a rollout's mean comes out the same,
 * the differences of its tokens are larger. The only labelled rollout of a group gets zeros.
 */
export function perToken({ scaled = false } = {}): Baseline {
  return told(
    (group, returns_G) => {
      const members_G = labelled('perToken', group, returns_G)
      const rates_G = members_G.map(m =>
        m === null ? 0 : m.returns_T[m.written_T.indexOf(1)] / count(m.written_T),
      )
      const total = rates_G.reduce((a, b) => a + b, 0)
      const n = members_G.filter(m => m !== null).length
      return members_G.map((member, g) => {
        const advantages_T = new Float32Array(group.rollouts[g].ids.length)
        if (member === null || n < 2) return advantages_T
        const { returns_T, written_T } = member
        const [scale, rate] = scaled ? [n / (n - 1), total] : [1, total - rates_G[g]]
        let left = count(written_T)
        for (let t = 0; t < advantages_T.length; t++)
          if (written_T[t] === 1) advantages_T[t] = scale * returns_T[t] - (left-- * rate) / (n - 1)
        return advantages_T
      })
    },
    {
      name: 'per token',
      formula: `A[t] = ${scaled ? 'n / (n - 1) * ' : ''}G[t] - tokens from t on * mean over ${scaled ? 'all k, times n / (n - 1)' : 'the others k'} of G_k[0] / length_k`,
      source: 'arXiv:2502.01456, eq. 5',
      options: { scaled },
    },
  )
}
perToken.trial = {}
