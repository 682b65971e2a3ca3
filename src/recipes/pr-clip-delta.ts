import { common, method, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

const { klRewardCoef: _, maskClosing: __, ...shared } = common

export default recipe({
  name: 'pr-clip-delta',
  paper: 'arXiv:2410.15115',
  about: 'Outcomes and process rewards that are clipped and differenced: more steps earn nothing.',
  needs: ['grader', 'prm'],
  differs: [
    'against the other rollouts of the group; the paper has a critic, and the KL in the reward',
    'ceiling and weight are open in the paper; 0 is undecided, as scores here go from -1 to 1',
  ],
  options: {
    ...shared,
    ceiling: { default: 0, help: 'process rewards above it count as it' },
    clipped: { default: true, help: 'clip process rewards at the ceiling' },
    delta: { default: true, help: 'take from each the one of the step after it' },
    prmWeight: { default: 1, help: 'weight of the process stream; outcomes have 1', min: 0 },
  },
  build: ({ clipped: clip, ...o }, { sample, grade, scoreSteps }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, scoreSteps),
      credit: credit.streams({
        process: credit.clipDelta({ ...o, clip }),
        outcome: credit.outcome(),
      }),
      advantages: advantages.combine(
        {
          process: { baseline: advantages.leaveOneOut(), weight: o.prmWeight },
          outcome: { baseline: advantages.leaveOneOut(), weight: 1 },
        },
        { whiten: o.whiten ? 'verl' : 'none' },
      ),
      loss: update.sum(update.clipped(o), update.kl({ coefficient: o.klCoef })),
    }),
})
