import type { Parts } from '../method.ts'
import { type Rule, told } from './streams.ts'

/**
 * Of rollouts 2j and 2j + 1, a winner and a loser, 1 and -min(1, exp((gain of the winner - gain of the loser) / scale)): a loser that
 * gained more than its winner counts less (Genius, arXiv:2504.08672, eq. 8). null where a gain is not known.
 */
export function calibratedPairs({ scale }: { readonly scale: number }): Rule<Parts<'gain'>> {
  return told(
    ({ rollouts }, { parts_G: { gain } }) =>
      rollouts.map(({ ids }, g) => {
        const [won, lost] = [gain[g - (g % 2)], gain[g - (g % 2) + 1]]
        if (won == null || lost == null) return null
        const weight = g % 2 === 0 ? 1 : -Math.min(1, Math.exp((won - lost) / scale))
        return new Float32Array(ids.length).fill(weight)
      }),
    {
      name: 'calibrated pairs',
      formula: `G[t] = 1 of a winner, -min(1, exp((its gain - that of the loser) / ${scale})) of its loser`,
      source: 'arXiv:2504.08672, eq. 8',
      options: { scale },
    },
  )
}
calibratedPairs.trial = { usual: () => ({ scale: 1 }) }
