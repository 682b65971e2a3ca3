import { classifiedExamples } from '../examples.ts'
import { learnedLabels } from '../labels.ts'
import { qRanking } from '../losses/q-ranking.ts'
import { ofLogits } from '../objective.ts'
import { headLayout } from './head.ts'
import { method } from './method.ts'

export const qRankingMethod = method({
  name: 'q-ranking',
  paper: 'arXiv:2410.11287',
  about: 'one output, a value that ranks the steps of a solution',
  outputs: 1,
  insideTargets: 0, // what is ranked is steps
  ownThreshold: false,
  needsReference: false,
  learningRate: 7e-4,
  options: {
    margin: { default: 4, help: 'by which right steps shall stand above wrong ones', min: 0 },
  },
  layout: base => headLayout(base, ['raw']),
  objective: o => ofLogits(qRanking(o)),
  examples: async (solutions, view) =>
    classifiedExamples(solutions, view, 1, solution =>
      learnedLabels(solution, { ...view.rule, soft: false }).map(label => [label]),
    ),
})
