import { learning, method, recipe } from '../recipe.ts'
import { answerProgress } from '../rewards/answer-progress.ts'
import { leastRegret } from '../rewards/least-regret.ts'
import { goingOn } from '../rollouts/go-on.ts'
import { episodic } from '../rollouts/recut.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'mrt-star',
  paper: 'arXiv:2503.07572',
  about: 'Of own right answers the one that was on its way soonest is imitated.',
  needs: ['grader'],
  differs: [
    'how likely the known answer is in a box is its chance; with attempts=8 samples, as the paper',
    'right answers end at one chance: of these, that of least regret over the tokens of the longest',
    'the best of each group, in every iteration; the paper filters one large set before it trains',
    'episodes are steps; with joined=3 they begin at words such as Wait, and 3 are one, as the paper',
    'learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    attempts: { default: 0, help: 'answers forced behind a step; 0: how likely it is', min: 0 },
    closing: { default: '\\boxed{', help: 'text that forces an answer' },
    joined: { default: 0, help: 'episodes that are one step; 0: steps', min: 0, integer: true },
  },
  build: (o, { sample, grade, sampler }, { seed, iteration }) => {
    const to = { ...o, forced: () => goingOn(sampler, o), seed: seed + iteration }
    return method({
      rollouts: episodic(sample(o.groupSize), sampler.tokenizer, o.joined),
      rewards: answerProgress(grade, sampler, to),
      select: leastRegret,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({ outcome: { baseline: advantages.none(), weight: 1 } }),
      loss: update.reinforce(),
    })
  },
})
