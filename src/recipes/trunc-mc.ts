import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { ended } from '../rewards/ended.ts'
import { stepGains } from '../rewards/step-gains.ts'
import { reachOf, truncated } from '../rollouts/truncated.ts'
import { advantages, credit, update } from '../stages.ts'

const raw = { baseline: advantages.none(), weight: 1 }
export default recipe({
  name: 'trunc-mc',
  paper: 'arXiv:2305.04361',
  about: 'Discounted gains of steps; a budget of steps goes to fewer and fewer rollouts.',
  needs: ['prm'],
  differs: [
    "a step's reward is what it adds to the judge's score; the paper has those of control tasks",
    'groupSize is the mean number of rollouts that reach a step: the first steps have more',
    "clipped ratios of tokens; the paper's POIS weighs whole trajectories, with a bound on them",
    'the whole batch is whitened in the place of a baseline; learning rate for small models',
  ],
  options: {
    ...learning,
    horizon: { default: 6, help: 'steps that are rewarded', min: 1, integer: true },
    discount: { default: 0.9, help: 'of a step against the one before', min: 0.01, max: 0.99 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  rollouts: o => reachOf(o)[0]!,
  build: (o, { sampler, grade, scoreSteps }) =>
    method({
      rollouts: truncated(sampler, reachOf(o)),
      rewards: both(ended(grade), stepGains(scoreSteps)),
      credit: credit.streams({ process: credit.truncatedReturns(reachOf(o), o) }),
      advantages: advantages.combine({ process: raw }, { whiten: 'verl' }),
      ...{ loss: update.clipped({ clip: o.clip }), passes: o },
    }),
})
