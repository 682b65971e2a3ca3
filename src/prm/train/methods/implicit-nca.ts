import { implicitNca } from '../losses/implicit-nca.ts'
import { ofResponses } from '../objective.ts'
import { pairsOf, responsesOf } from '../responses.ts'
import { implicit } from './implicit.ts'
import { method } from './method.ts'

export const implicitNcaMethod = method({
  ...implicit,
  name: 'implicit-nca',
  about: 'likewise, from pairs, a right and a wrong answer each against noise (NCA)',
  objective: o => ofResponses(implicitNca({ beta: o.rewardScale })),
  examples: async (solutions, view, _, reference, signal) =>
    pairsOf(await responsesOf(solutions, view, reference!, signal)),
})
