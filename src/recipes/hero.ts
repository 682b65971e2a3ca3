import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'hero',
  paper: 'arXiv:2510.07242',
  about: "Outcomes made dense by a judge's scores, among right and among wrong rollouts.",
  needs: ['grader', 'prm'],
  differs: [
    'the score is the mean of step scores, -1 to 1; the paper has a reward model of answers',
    'the usual spread is a running mean with momentum 0.9; the paper does not say which',
    'the weight of a group is on its advantages: divided by the deviation, rewards lose it',
  ],
  options: {
    ...learning,
    wrong: { default: 0.05, help: 'half the width of the band of wrong rollouts', min: 0, max: 1 },
    right: { default: 0.05, help: 'half the width of the band of right ones', min: 0, max: 1 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, scoreSteps }, { memory }) => {
    const usual = memory as number | null // how far a group's scores spread
    const normal = advantages.combine({ shaped: { baseline: advantages.groupNorm(), weight: 1 } })
    const weighted = advantages.spreadWeighted(normal, { usual })
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, scoreSteps),
      credit: credit.streams({ shaped: credit.stratified(o) }),
      advantages: weighted,
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
      remember: advantages.usualSpread(usual),
    })
  },
})
