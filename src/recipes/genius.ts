import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { foresight } from '../rollouts/foresight.ts'
import { advantages, credit, update } from '../stages.ts'

const { groupSize: _, ...rates } = learning
const pairs = { pairs: 'neighbours', weighted: true } as const
export default recipe({
  name: 'genius',
  paper: 'arXiv:2504.08672',
  about: 'No labels: steps that lead on to what the policy finds likely are preferred to others.',
  needs: [],
  differs: [
    'a loser counts at most as much as its winner, as in the paper; the code has the other side',
    'of a step that ends the answer its own likelihood is foreseen; the code foresees certainty',
    'softmax temperature 0.1, as in the code; learning rate for small models',
  ],
  options: {
    ...rates,
    beams: { default: 2, help: 'that are kept after each step', min: 1, integer: true },
    candidates: { default: 4, help: 'steps that a beam may go on by', min: 2, integer: true },
    steps: { default: 4, help: 'of the search, a pair of rollouts each', min: 1, integer: true },
    temperature: { default: 0.1, help: 'of the softmax over what is foreseen', min: 1e-6 },
    scale: { default: 1, help: 'of gains: how soon a loser counts less', min: 1e-6 },
    beta: { default: 0.1, help: 'of the preference: how far the policy may move', min: 0 },
    ...passes,
  },
  rollouts: ({ steps }) => 2 * steps,
  build: (o, { sampler, grade }) => {
    const { rollouts, scores } = foresight(sampler, o)
    return method({
      ...{ rollouts, rewards: both(grade, scores) },
      credit: credit.streams({ foresight: credit.calibratedPairs(o) }),
      advantages: advantages.combine({ foresight: { baseline: advantages.none(), weight: 1 } }),
      // what was foreseen is known in the iteration that sampled it alone
      loss: { ...update.preference({ beta: o.beta, ...pairs }), offPolicy: false },
      passes: o,
    })
  },
})
