import type { LabelledSolution } from '../../solution.ts'
import { classifiedExamples, type StepTargets } from '../examples.ts'
import { learnedLabels } from '../labels.ts'
import { twoHeads } from '../losses/two-heads.ts'
import { ofLogits } from '../objective.ts'
import { headLayout } from './head.ts'
import { method, type View } from './method.ts'

export const twoHeadsMethod = method({
  name: 'two-heads',
  paper: 'arXiv:2506.17533',
  about:
    'two outputs, whether a step is right and whether the answer will be; the score is the product',
  outputs: 2,
  insideTargets: 2,
  ownThreshold: false,
  needsReference: false,
  learningRate: 7e-4,
  options: {},
  layout: base => headLayout(base, ['product']),
  objective: () => ofLogits(twoHeads()),
  examples: async (solutions, view) =>
    classifiedExamples(solutions, view, 2, solution => bothLabels(solution, view.rule)),
})

/**
 * Pairs [right, value]. Labels that say value are the second; beside labels that say rightness the second is whether the
 * solution came out right, which is one completion's estimate of the value of each of its steps.
 */
export function bothLabels(solution: LabelledSolution, rule: View['rule']): StepTargets {
  const learned = learnedLabels(solution, { ...rule, soft: true })
  if (solution.meaning === 'value') return learned.map(label => [null, label])
  const outcome = solution.answerRight === null ? null : Number(solution.answerRight)
  return learned.map(label => [label, outcome])
}
