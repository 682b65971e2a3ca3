import { classifiedExamples } from '../examples.ts'
import { learnedLabels } from '../labels.ts'
import { crossEntropy } from '../losses/cross-entropy.ts'
import { ofLogits } from '../objective.ts'
import { headLayout, wrongWeight } from './head.ts'
import { method } from './method.ts'

export const crossEntropyMethod = method({
  name: 'cross-entropy',
  paper: 'arXiv:2305.20050',
  about: 'two classes, wrong and right; a label is one of them, by a threshold',
  outputs: 2,
  insideTargets: 1,
  ownThreshold: true,
  needsReference: false,
  learningRate: 7e-4,
  options: { wrongWeight },
  layout: base => headLayout(base, ['difference', 'probability']),
  objective: o => ofLogits(crossEntropy(o)),
  examples: async (solutions, view) =>
    classifiedExamples(solutions, view, 1, solution =>
      learnedLabels(solution, { ...view.rule, soft: false }).map(label => [label]),
    ),
})
