import { boundedPairs } from '../losses/bounded-pairs.ts'
import { ofResponses } from '../objective.ts'
import { pairsOf, responsesOf } from '../responses.ts'
import { implicit, rewardScale } from './implicit.ts'
import { method } from './method.ts'

export const boundedPairsMethod = method({
  ...implicit,
  name: 'bounded-pairs',
  paper: 'arXiv:2309.10202',
  about:
    'a language model against a reference, from pairs, kept within a margin of what is expected',
  options: {
    rewardScale,
    margin: { default: 1, help: 'how far an answer should lie from what is expected', min: 1e-6 },
  },
  objective: o => ofResponses(boundedPairs({ beta: o.rewardScale, margin: o.margin })),
  examples: async (solutions, view, _, reference, signal) =>
    pairsOf(await responsesOf(solutions, view, reference!, signal)),
})
