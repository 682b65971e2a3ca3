import { rubricStages, rubricWeights } from '../credit/plan-rubric.ts'
import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { talkedParts } from '../rewards/talked.ts'
import { advantages, credit, update } from '../stages.ts'

const stages = ['curriculum', ...Object.keys(rubricStages)]

export default recipe({
  name: 'planner-r1-plans',
  paper: 'arXiv:2509.25779',
  about: 'Plans earn by the constraints they keep: a share at first, all or nothing later.',
  needs: ['environment'],
  differs: [
    'the carried environment has four made-up towns and its own tables; the paper has TravelPlanner',
    'a constraint on what a plan has none of is broken; wishes that a problem lacks do not count',
    'stages are shares of the run, 1/5, 3/5 and 1/5, as 100, 300 and 100 are of 500',
    'the deviation is that of the group; learning rate for small models; the paper has 1e-6',
  ],
  options: {
    ...learning,
    stage: { default: 'curriculum', choices: stages, help: 'how dense the reward is' },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade }, now) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, talkedParts(['schema', 'soft', 'hard'])),
      credit: credit.streams({
        outcome: credit.constraintRubric(rubricWeights(o.stage as 'curriculum', now)),
      }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
