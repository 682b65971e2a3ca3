import type { Outcome, Select } from '../method.ts'

/** The first right and the first wrong rollout of each group: as good as random ones, since rollouts come in no order. */
export const oneOfEach: Select<Outcome> = ({ rewards_P }) =>
  rewards_P.map(({ outcome_G }) => {
    const places = [true, false].map(right =>
      outcome_G.findIndex(outcome => outcome !== null && outcome > 0.5 === right),
    )
    return places.filter(g => g >= 0).sort((a, b) => a - b)
  })
