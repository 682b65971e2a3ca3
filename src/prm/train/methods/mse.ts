import { classifiedExamples } from '../examples.ts'
import { learnedLabels } from '../labels.ts'
import { squaredError } from '../losses/squared-error.ts'
import { ofLogits } from '../objective.ts'
import { headLayout } from './head.ts'
import { method } from './method.ts'

export const mseMethod = method({
  name: 'mse',
  paper: 'arXiv:2406.06592',
  about: 'one output, a value between 0 and 1, learned by its squared error',
  outputs: 1,
  insideTargets: 1,
  ownThreshold: true,
  needsReference: false,
  learningRate: 7e-4,
  options: {},
  layout: base => headLayout(base, ['sigmoid']),
  objective: () => ofLogits(squaredError()),
  examples: async (solutions, view) =>
    classifiedExamples(solutions, view, 1, solution =>
      learnedLabels(solution, { ...view.rule, soft: true }).map(label => [label]),
    ),
})
