import { implicitDpo } from '../losses/implicit-dpo.ts'
import { ofResponses } from '../objective.ts'
import { pairsOf, responsesOf } from '../responses.ts'
import { implicit } from './implicit.ts'
import { method } from './method.ts'

export const implicitDpoMethod = method({
  ...implicit,
  name: 'implicit-dpo',
  about: 'a language model against a reference, from pairs of a right and a wrong answer',
  objective: o => ofResponses(implicitDpo({ beta: o.rewardScale })),
  examples: async (solutions, view, _, reference, signal) =>
    pairsOf(await responsesOf(solutions, view, reference!, signal)),
})
