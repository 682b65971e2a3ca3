import { learning, method, passes, recipe } from '../recipe.ts'
import { answerProgress } from '../rewards/answer-progress.ts'
import { goingOn } from '../rollouts/go-on.ts'
import { episodic } from '../rollouts/recut.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'mrt',
  paper: 'arXiv:2503.07572',
  about: 'Outcomes, and what each step adds to the chance of a right answer were it given now.',
  needs: ['grader'],
  differs: [
    'how likely the known answer is in a box is its chance; with attempts=8 samples, as the paper',
    'episodes are steps; with joined=3 they begin at words such as Wait, and 3 are one, as the paper',
    'progress to come is credited, against the mean of the others; alpha is 1, the paper says none',
    'every step is asked; the paper samples a prefix a problem; rate for small models, 8 rollouts',
  ],
  options: {
    ...learning,
    alpha: { default: 1, help: 'weight of the progress to come', min: 0 },
    attempts: { default: 0, help: 'answers forced behind a step; 0: how likely it is', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    closing: { default: '\\boxed{', help: 'text that forces an answer' },
    joined: { default: 0, help: 'episodes that are one step; 0: steps', min: 0, integer: true },
    ...passes,
  },
  build: (o, { sample, grade, sampler }, { seed, iteration }) => {
    const baseline = advantages.leaveOneOut()
    const to = { ...o, forced: () => goingOn(sampler, o), seed: seed + iteration }
    const [process, outcome] = [o.alpha, 1].map(weight => ({ baseline, weight }))
    return method({
      rollouts: episodic(sample(o.groupSize), sampler.tokenizer, o.joined),
      rewards: answerProgress(grade, sampler, to),
      credit: credit.streams({ process: credit.sum(), outcome: credit.outcome() }),
      advantages: advantages.combine({ process: process!, outcome: outcome! }),
      loss: update.clipped(o),
      passes: o,
    })
  },
})
