import { implicitDpo } from '../losses/implicit-dpo.ts'
import { ofResponses } from '../objective.ts'
import { pairsOf, responsesOf } from '../responses.ts'
import { ratioLayout, rewardScale } from './implicit.ts'
import { method } from './method.ts'

export const implicitDpoMethod = method({
  name: 'implicit-dpo',
  paper: 'arXiv:2412.01981',
  about: 'a language model against a reference, from pairs of a right and a wrong answer',
  outputs: 0,
  insideTargets: 0,
  ownThreshold: false,
  needsReference: true,
  learningRate: 1e-4,
  options: { rewardScale },
  layout: (base, o) => ratioLayout(base, o.rewardScale),
  objective: o => ofResponses(implicitDpo({ beta: o.rewardScale })),
  examples: async (solutions, view, _, reference, signal) =>
    pairsOf(await responsesOf(solutions, view, reference!, signal)),
})
