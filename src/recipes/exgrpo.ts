import { learning, method, recipe } from '../recipe.ts'
import { remembering, replaysOf } from '../rollouts/replay-pool.ts'
import { replayed, withReplays } from '../rollouts/replayed.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'exgrpo',
  paper: 'arXiv:2510.02245',
  about: 'Right rollouts of earlier iterations among new ones, of problems that are half solved.',
  needs: ['grader'],
  abilities: { entropies: 'the rollout that it is surest of is replayed' },
  differs: [
    'the 2048 problems seen last are remembered, with 16 rollouts each; the paper has no limit',
    'ratios are never clipped, as in the code once replay has begun; rates for small models',
  ],
  options: {
    ...learning,
    share: { default: 0.5, help: 'of the problems, that is replayed at most', min: 0, max: 1 },
    beginAt: { default: 0.35, help: 'right share of a batch that begins it', min: 0, max: 1 },
    damping: { default: 0.1, help: 'of the ratio of a replayed token', min: 1e-6 },
    entropyCoef: { default: 1e-3, help: 'weight of the entropy bonus' },
  },
  build: (o, { sample, grade, recall, sampler: { engine }, maxTokens }, now) => {
    const replaying = { replays: replaysOf(now, o), recall, engine }
    const [coefficient, reduction] = [o.entropyCoef, { maxTokens }]
    return method({
      problems: withReplays(replaying),
      rollouts: replayed(sample(o.groupSize), replaying),
      rewards: grade,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupMean(), weight: 1 } }),
      loss: update.sum(
        update.mixedPolicy({ damping: o.damping, reduction }),
        update.entropy({ coefficient, reduction }),
      ),
      remember: remembering(now, o.beginAt),
    })
  },
})
