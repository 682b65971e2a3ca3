import { rubricStages, rubricWeights } from '../credit/plan-rubric.ts'
import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

const stages = ['curriculum', ...Object.keys(rubricStages)]

export default recipe({
  name: 'planner-r1',
  paper: 'arXiv:2509.25779',
  about: 'A rubric of steps and answer that is dense at first, and asks for all or nothing later.',
  needs: ['grader', 'prm'],
  differs: [
    'a box is the schema, steps are common sense, and the answer is the hard constraints',
    'stages are shares of the run, 1/5, 3/5 and 1/5, as 100, 300 and 100 are of 500',
    'the deviation is that of the group; learning rate for small models; the paper has 1e-6',
  ],
  options: {
    ...learning,
    stage: { default: 'curriculum', choices: stages, help: 'how dense the reward is' },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, scoreSteps }, now) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, scoreSteps),
      credit: credit.streams({
        outcome: credit.planRubric(rubricWeights(o.stage as 'curriculum', now)),
      }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
