import { classifiedExamples } from '../examples.ts'
import { learnedLabels } from '../labels.ts'
import { crossEntropy } from '../losses/cross-entropy.ts'
import { ofLogits } from '../objective.ts'
import { headLayout, wrongWeight } from './head.ts'
import { method } from './method.ts'

export const softMethod = method({
  name: 'soft',
  paper: 'arXiv:2406.06592',
  about: 'two classes, whose probabilities are learned from labels between 0 and 1',
  outputs: 2,
  insideTargets: 1,
  ownThreshold: true,
  needsReference: false,
  learningRate: 7e-4,
  options: { wrongWeight },
  layout: base => headLayout(base, ['probability', 'difference']),
  objective: o => ofLogits(crossEntropy(o)),
  examples: async (solutions, view) =>
    classifiedExamples(solutions, view, 1, solution =>
      learnedLabels(solution, { ...view.rule, soft: true }).map(label => [label]),
    ),
})
