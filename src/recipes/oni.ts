import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'oni',
  paper: 'arXiv:2410.23022',
  about:
    'Outcomes, and a little for each step that a judge likes, less the more often it was said.',
  needs: ['grader', 'prm'],
  differs: [
    'the judge of steps is asked at once; the paper asks a chat model by the side, and waits not',
    'a rollout is an episode, its steps are its captions; there is no game',
    'outcomes have the weight 1 and steps 0.1; the paper has 0.1 to 10, and 0.4, of other rewards',
    'learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    stepWeight: { default: 0.1, help: 'of the reward of steps; outcomes have 1', min: 0 },
    decay: { default: 1, help: 'how fast a step said again loses', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, scoreSteps }) => {
    const baseline = advantages.groupMean()
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, scoreSteps),
      credit: credit.streams({ outcome: credit.outcome(), steps: credit.firstSeen(o) }),
      advantages: advantages.combine(
        { outcome: { baseline, weight: 1 }, steps: { baseline, weight: o.stepWeight } },
        { whiten: 'verl' },
      ),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
    })
  },
})
