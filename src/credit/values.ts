import type { Outcome, TokenValues } from '../method.ts'
import { type Rule, told } from './streams.ts'

/** What the critic expected before each token; null where the outcome is not known, since nothing is compared with it there. */
export function values(): Rule<Outcome & TokenValues> {
  return told(
    ({ rollouts }, { outcome_G, values_G_T }) => {
      if (values_G_T.length !== rollouts.length || outcome_G.length !== rollouts.length)
        throw new RangeError(
          `values: ${values_G_T.length} values and ${outcome_G.length} outcomes for ${rollouts.length} rollouts`,
        )
      return values_G_T.map((values_T, g) => (outcome_G[g] === null ? null : values_T))
    },
    { name: 'what the critic expected', formula: 'G[t] = V[t]', source: 'by definition' },
  )
}
values.trial = {}
