// Answers alone, each against the mean of its group; `sharpness` makes much of the best ones.

import {
  advantages,
  credit,
  learning,
  method,
  type Outcome,
  recipe,
  type Scorer,
  update,
} from 'minform'

/** The rewards of another scorer to a power. */
const sharpened =
  (scorer: Scorer<Outcome>, power: number): Scorer<Outcome> =>
  async (groups, signal) =>
    (await scorer(groups, signal)).map(({ outcome_G }) => ({
      outcome_G: outcome_G.map(reward => (reward === null ? null : reward ** power)),
    }))

export default recipe({
  name: 'sharpened',
  paper: 'none',
  about: 'Answers alone, each against the mean of its group.',
  needs: ['grader'],
  differs: [],
  options: {
    ...learning,
    sharpness: { default: 2, help: 'power of each reward', min: 1 },
  },
  build: (o, { sample, grade }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: sharpened(grade, o.sharpness),
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({
        outcome: { baseline: advantages.groupMean(), weight: 1 },
      }),
      loss: update.reinforce(),
    }),
})
