import { implicitNca } from '../losses/implicit-nca.ts'
import { ofResponses } from '../objective.ts'
import { pairsOf, responsesOf } from '../responses.ts'
import { ratioLayout, rewardScale } from './implicit.ts'
import { method } from './method.ts'

export const implicitNcaMethod = method({
  name: 'implicit-nca',
  paper: 'arXiv:2412.01981',
  about: 'likewise, from pairs, a right and a wrong answer each against noise (NCA)',
  outputs: 0,
  insideTargets: 0,
  ownThreshold: false,
  needsReference: true,
  learningRate: 1e-4,
  options: { rewardScale },
  layout: (base, o) => ratioLayout(base, o.rewardScale),
  objective: o => ofResponses(implicitNca({ beta: o.rewardScale })),
  examples: async (solutions, view, _, reference, signal) =>
    pairsOf(await responsesOf(solutions, view, reference!, signal)),
})
