import { implicitCrossEntropy } from '../losses/implicit-cross-entropy.ts'
import { ofResponses } from '../objective.ts'
import { responsesOf } from '../responses.ts'
import { ratioLayout, rewardScale } from './implicit.ts'
import { method } from './method.ts'

export const implicitCeMethod = method({
  name: 'implicit-ce',
  paper: 'arXiv:2412.01981',
  about: 'a language model against a reference, from outcomes alone, by their cross-entropy',
  outputs: 0,
  insideTargets: 0,
  ownThreshold: false,
  needsReference: true,
  learningRate: 1e-4,
  options: { rewardScale },
  layout: (base, o) => ratioLayout(base, o.rewardScale),
  objective: o => ofResponses(implicitCrossEntropy({ beta: o.rewardScale })),
  examples: async (solutions, view, _, reference, signal) => {
    const { examples, leftOut } = await responsesOf(solutions, view, reference!, signal)
    return { examples: examples.map(response => [response]), leftOut }
  },
})
