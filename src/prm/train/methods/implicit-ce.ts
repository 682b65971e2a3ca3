import { implicitCrossEntropy } from '../losses/implicit-cross-entropy.ts'
import { ofResponses } from '../objective.ts'
import { responsesOf } from '../responses.ts'
import { implicit } from './implicit.ts'
import { method } from './method.ts'

export const implicitCeMethod = method({
  ...implicit,
  name: 'implicit-ce',
  about: 'a language model against a reference, from outcomes alone, by their cross-entropy',
  objective: o => ofResponses(implicitCrossEntropy({ beta: o.rewardScale })),
  examples: async (solutions, view, _, reference, signal) => {
    const { examples, leftOut } = await responsesOf(solutions, view, reference!, signal)
    return { examples: examples.map(response => [response]), leftOut }
  },
})
