import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { rehearsed } from '../rewards/rehearsed.ts'
import { stepMean } from '../rewards/step-mean.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'rehearsal',
  paper: 'arXiv:2309.10202',
  about: "A judge's scores above those of the group; the best of each kind of answer are imitated.",
  needs: ['prm'],
  abilities: { hiddenStates: 'answers are sorted into kinds by them' },
  differs: [
    'the score is the mean of steps; an advantage model is that of prm train --loss bounded-pairs',
    'what is expected is the mean of the group, no second head; no critic beside it',
    'imitation is an advantage of its own, clipped as the other; only what is above its group',
    'kinds are clusters of hidden states; the paper embeds sentences. Rate for small models',
  ],
  options: {
    ...learning,
    clusters: { default: 8, help: 'kinds of answers of a batch', min: 1, integer: true },
    keep: { default: 2, help: 'answers of a kind that are imitated', min: 0, integer: true },
    rehearsal: { default: 0.5, help: 'weight of the imitation', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, scoreSteps, policy }, { seed, iteration }) => {
    const quality = rehearsed(stepMean(scoreSteps), policy, { ...o, seed: seed + iteration })
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, quality),
      credit: credit.streams({ quality: credit.part('quality'), best: credit.part('rehearsed') }),
      advantages: advantages.combine({
        quality: { baseline: advantages.groupNorm(), weight: 1 },
        best: { baseline: advantages.none(), weight: o.rehearsal },
      }),
      ...{ loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }), passes: o },
    })
  },
})
