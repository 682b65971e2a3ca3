import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { subgoals } from '../rewards/subgoals.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'calm-named',
  paper: 'arXiv:2409.12798',
  about: 'Outcomes, and a bonus for each subgoal that a chat model names and sees achieved.',
  needs: ['grader', 'chat'],
  differs: [
    'all steps of a rollout are asked about at once; the paper asks about each transition of a game',
    'the policy learns from it; the paper only measures how well models judge',
    'learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    bonus: { default: 0.1, help: 'of a step, for a subgoal that it achieves', min: 0 },
    subgoals: { default: 5, help: 'of a problem, at most', min: 1, integer: true },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, ask }, { seed, iteration }) => {
    const baseline = advantages.groupMean()
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, subgoals(ask, { most: o.subgoals, seed: seed + iteration })),
      credit: credit.streams({ outcome: credit.outcome(), steps: credit.sum({ discount: 1 }) }),
      advantages: advantages.combine(
        { outcome: { baseline, weight: 1 }, steps: { baseline, weight: o.bonus } },
        { whiten: 'verl' },
      ),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
    })
  },
})
