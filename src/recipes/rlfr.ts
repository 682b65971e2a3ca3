import { learning, method, passes, recipe } from '../recipe.ts'
import { flow, type StoredFlow } from '../rewards/flow.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'rlfr',
  paper: 'arXiv:2510.10201',
  about:
    'Outcomes, less a little for tokens whose hidden states are unlike those of right answers.',
  needs: ['grader'],
  abilities: { hiddenStates: 'its flow model reads them' },
  differs: [
    'states after the last norm; the paper has those at a quarter, half and three quarters',
    'the flow model has one hidden layer, and no expert traces before: it starts with the run',
    'what tokens lose is added to normalised outcomes as it is; rates for small models',
  ],
  options: {
    ...learning,
    scale: { default: 0.01, help: 'what the token that flows worst loses', min: 0 },
    hidden: { default: 64, help: 'units of the flow model', min: 1, integer: true },
    updates: { default: 25, help: 'steps of the flow model an iteration', min: 1, integer: true },
    rate: { default: 1e-3, help: 'step size of Adam for the flow model', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, policy }, { memory, seed, iteration }) => {
    const stored = memory as StoredFlow | null
    const { scorer, state } = flow(grade, policy, { ...o, stored, seed: seed + iteration })
    return method({
      ...{ rollouts: sample(o.groupSize), rewards: scorer },
      credit: credit.streams({ outcome: credit.outcome(), flow: credit.tokenSum() }),
      advantages: advantages.combine({
        outcome: { baseline: advantages.groupNorm(), weight: 1 },
        flow: { baseline: advantages.none(), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip }),
      ...{ passes: o, remember: state },
    })
  },
})
