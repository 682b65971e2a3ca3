import { hashSeed } from '../numbers/random.ts'
import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { preferred, shapings } from '../rewards/preferred.ts'
import { independent } from '../rollouts/independent.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'par',
  paper: 'arXiv:2502.18770',
  about: "A judge's scores, bounded by how far they beat those of the first policy's answers.",
  needs: ['prm'],
  beside: { first: { about: 'stays as the policy was, and answers beside it', classes: null } },
  differs: [
    'the score is the mean of step scores, -1 to 1, so steep is 5; the paper has a reward model, and 1',
    'reference answers are sampled anew each time; the paper keeps ten for each prompt',
    'rewards against the mean of the others; the paper has a critic; rate for small models',
  ],
  options: {
    ...learning,
    references: { default: 2, help: 'answers of the first policy', min: 1, integer: true },
    steep: { default: 5, help: 'how steep the sigmoid is where scores are equal', min: 0 },
    shaping: { default: 'sigmoid', choices: Object.keys(shapings), help: 'the form of it' },
    klCoef: { default: 0.005, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ references: n, ...o }, { sample, grade, scoreSteps, sampler, model }, now) => {
    const answers = independent({ ...sampler, engine: model('first') }, n)
    const seed = hashSeed(now.seed, 'references', now.iteration)
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, preferred(scoreSteps, { answers, seed, ...o })),
      credit: credit.streams({ score: credit.part('preferred') }),
      advantages: advantages.combine({ score: { baseline: advantages.leaveOneOut(), weight: 1 } }),
      loss: update.sum(update.clipped({ clip: o.clip }), update.kl({ coefficient: o.klCoef })),
      passes: o,
    })
  },
})
