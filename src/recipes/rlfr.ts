import { learning, method, passes, recipe } from '../recipe.ts'
import { flow, type StoredFlow } from '../rewards/flow.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'rlfr',
  paper: 'arXiv:2510.10201',
  about: 'Outcomes, less a little for tokens whose states are unlike those of right answers.',
  needs: ['grader', 'solutions'],
  abilities: { hiddenStates: 'its flow model reads those of inner layers' },
  differs: [
    'the flow model has one hidden layer, and states are brought to one size; the paper has 6 blocks',
    'expert traces are the worked solutions of the first problems, learned before all else',
    'what tokens lose is added to normalised outcomes as it is; rates for small models',
  ],
  options: {
    ...learning,
    scale: { default: 0.01, help: 'what the token that flows worst loses', min: 0 },
    hidden: { default: 64, help: 'units of the flow model', min: 1, integer: true },
    expert: { default: 100, help: 'steps before, on worked solutions', min: 0, integer: true },
    updates: { default: 25, help: 'steps of the flow model an iteration', min: 1, integer: true },
    rate: { default: 1e-3, help: 'step size of Adam for the flow model', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, policy, sampler }, { memory, seed, iteration }) => {
    const model = { engine: policy, tokenizer: sampler.tokenizer }
    const own = { stored: memory as StoredFlow | null, seed: seed + iteration }
    const { scorer, state } = flow(grade, model, { ...o, ...own })
    return method({
      ...{ rollouts: sample(o.groupSize), rewards: scorer, passes: o, remember: state },
      credit: credit.streams({ outcome: credit.outcome(), flow: credit.tokenSum() }),
      advantages: advantages.combine({
        outcome: { baseline: advantages.groupNorm(), weight: 1 },
        flow: { baseline: advantages.none(), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip }),
    })
  },
})
