import { learning, method, passes, recipe } from '../recipe.ts'
import { type Recycled, recycle, withRecycled } from '../rollouts/recycled.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'spark',
  paper: 'arXiv:2509.22624',
  about: 'GRPO that makes problems of its rollouts: is this right, which is, do it anew.',
  needs: ['grader'],
  differs: [
    'such problems take places of an iteration; the code queues them and learns them beside it',
    'one wording of each kind, boxed numbers for verdicts; the code draws from many templates',
    'doing it anew is shown a whole wrong answer; half of those of the code show its end alone',
    'what the vocabulary cannot spell, or is too long, is not asked',
    'the deviation is that of the group; learning rate for small models',
  ],
  options: {
    ...learning,
    share: { default: 0.5, help: 'of problems that rollouts may make', min: 0, max: 1 },
    klCoef: { default: 1e-3, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, render, sampler }, { memory, seed, iteration }) => {
    const how = { share: o.share, seed: seed + iteration, render, sampler }
    return method({
      problems: withRecycled((memory ?? []) as readonly Recycled[], how),
      rollouts: sample(o.groupSize),
      rewards: grade,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.sum(
        update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
        update.kl({ coefficient: o.klCoef }),
      ),
      passes: o,
      remember: recycle(how),
    })
  },
})
