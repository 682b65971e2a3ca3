import { learning, method, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { type OnlineMemory, onlineLabels, rewardModels } from '../rewards/online-labels.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'oni-asked',
  paper: 'arXiv:2410.23022',
  about: 'Outcomes, and a little for steps by what a chat model teaches, which nobody waits for.',
  needs: ['grader', 'chat'],
  differs: [
    'what is queued is asked while the next rollouts are sampled, so that a run can be continued',
    'classification and ranking weigh the words of a step; the paper has networks',
    'a rollout is an episode, its steps are its captions; the paper plays NetHack, by APPO',
    'outcomes weigh 1 and steps 0.1; the paper has 0.1 to 10, and 0.4',
  ],
  options: {
    ...learning,
    rewards: { default: 'retrieval', choices: rewardModels, help: 'the model that is learned' },
    asks: { default: 64, help: 'steps that are asked for in an iteration', min: 0, integer: true },
    stepWeight: { default: 0.1, help: 'of the reward of steps; outcomes have 1', min: 0 },
    decay: { default: 1, help: 'how fast a step said again loses', min: 0 },
  },
  build: (o, { sample, grade, ask }, { memory, seed, iteration }) => {
    const own = { ...o, learned: memory as OnlineMemory, seed: seed + iteration }
    const { meanwhile, scorer, next } = onlineLabels(ask, own)
    const baseline = advantages.groupMean()
    const steps = credit.firstSeen({ ...o, graded: true })
    return method({
      ...{ rollouts: meanwhile(sample(o.groupSize)), rewards: both(grade, scorer), remember: next },
      credit: credit.streams({ outcome: credit.outcome(), steps }),
      advantages: advantages.combine(
        { outcome: { baseline, weight: 1 }, steps: { baseline, weight: o.stepWeight } },
        { whiten: 'verl' },
      ),
      loss: update.clipped(),
    })
  },
})
