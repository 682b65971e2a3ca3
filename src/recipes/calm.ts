import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'calm',
  paper: 'arXiv:2409.12798',
  about: 'Outcomes, and a bonus for each thing that a judge says a step achieves, once.',
  needs: ['grader', 'prm'],
  differs: [
    'a right step achieves something; the judge of steps says so, which --judge makes a chat model',
    'what was achieved before is told by the text of the step; nobody names subgoals first',
    'the policy learns from it; the paper only measures how well models judge',
    'learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    bonus: { default: 0.1, help: 'of a step that achieves something new', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, scoreSteps }) => {
    const baseline = advantages.groupMean()
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, scoreSteps),
      credit: credit.streams({
        outcome: credit.outcome(),
        steps: credit.firstSeen({ decay: Infinity }),
      }),
      advantages: advantages.combine(
        { outcome: { baseline, weight: 1 }, steps: { baseline, weight: o.bonus } },
        { whiten: 'verl' },
      ),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
    })
  },
})
