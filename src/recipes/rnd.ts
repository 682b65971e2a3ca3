import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { novelty, type Seen } from '../rewards/novelty.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'rnd',
  paper: 'arXiv:1810.12894',
  about: 'Outcomes, and a bonus for steps whose hidden state a network has yet to learn.',
  needs: [],
  abilities: { hiddenStates: 'its bonus is for new ones' },
  differs: [
    'what is seen is the hidden state behind a step of text; the paper has frames of a game',
    'steps to come less the mean of all steps, no critics; no bonus for entropy; rate for small models',
  ],
  options: {
    ...learning,
    bonusWeight: { default: 0.25, help: 'weight of the bonuses to come', min: 0 },
    outcomeWeight: { default: 2, help: 'weight of the outcome', min: 0 },
    clip: { default: 0.1, help: 'how far a probability ratio may move in one update', min: 0 },
    discount: { default: 0.99, help: 'of a bonus one step later, in their unit', min: 0, max: 1 },
    ...passes,
  },
  build: ({ clip, ...o }, { sample, grade, policy }, { memory, seed }) => {
    const { scorer, next } = novelty(policy, { ...o, seen: memory as Seen | null, seed })
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, scorer),
      credit: credit.streams({ process: credit.sum({ discount: 0 }), outcome: credit.outcome() }),
      advantages: advantages.combine({
        process: { baseline: advantages.stepNorm({ toCome: true }), weight: o.bonusWeight },
        outcome: { baseline: advantages.leaveOneOut(), weight: o.outcomeWeight },
      }),
      loss: update.clipped({ clip }),
      passes: o,
      remember: next,
    })
  },
})
