import type { PrmLayout } from '../../layout.ts'
import { labelTokenExamples } from '../label-examples.ts'
import { learnedLabels } from '../labels.ts'
import { labelToken } from '../losses/label-token.ts'
import { ofLabelTokens } from '../objective.ts'
import { wrongWeight } from './head.ts'
import { method } from './method.ts'

export const labelTokenMethod = method({
  name: 'label-token',
  paper: 'arXiv:2312.08935',
  about: 'a language model that says + or - after each step; needs log-probabilities alone',
  outputs: 0,
  insideTargets: 0,
  ownThreshold: true,
  needsReference: false,
  learningRate: 7e-4,
  options: { wrongWeight },
  layout: labelLayout,
  objective: () => ofLabelTokens(),
  examples: async (solutions, view, o) =>
    labelTokenExamples(
      solutions,
      view,
      solution => learnedLabels(solution, { ...view.rule, soft: true }),
      labelToken(o),
    ),
})

/** The layout's own labels where it has some; else + and -, each a token of its own after a step's mark. */
function labelLayout(base: PrmLayout): PrmLayout {
  if (base.score.head === 'labels') return base
  return {
    ...base,
    step: { ...base.step, last: 'mark' },
    encoding: 'parts',
    score: { head: 'labels', right: '+', wrong: '-', over: 'labels', written: true },
    threshold: 0.5,
  }
}
