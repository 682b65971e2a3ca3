import { learning, method, recipe } from '../recipe.ts'
import { accuracyBand } from '../rewards/accuracy-band.ts'
import { lastJudge } from '../rewards/last-judge.ts'
import { independent } from '../rollouts/independent.ts'
import { ladder, rampedTemperature } from '../rollouts/ladder.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'aryabhata',
  paper: 'arXiv:2508.08665',
  about: 'Plain policy gradient with more rollouts of hard problems and a temperature that rises.',
  needs: ['grader'],
  mayAsk: true,
  differs: [
    'a group doubles where less than 0.25 is right; it trains at 0.05 to 0.95: neither is published',
    'the deviation is that of the group, and 1e-6 is added; learning rate for small models',
  ],
  options: {
    ...learning,
    doublings: { default: 2, help: 'times a group may double', min: 0, max: 4, integer: true },
    below: { default: 0.25, help: 'share of right rollouts under which it does', min: 0, max: 1 },
    temperatureFrom: { default: 0.6, help: 'of the first iteration', min: 0.01 },
    temperatureTo: { default: 1, help: 'of the last one; the run has no other', min: 0.01 },
    low: { default: 0.05, help: 'share of a group that must be right', min: 0, max: 1 },
    high: { default: 0.95, help: 'share of a group that may be right', min: 0, max: 1 },
  },
  rollouts: o => o.groupSize * 2 ** o.doublings,
  build: (o, { grade: byRule, sampler, mayAsk }, now) => {
    const grade = lastJudge(byRule, mayAsk, now.seed + now.iteration)
    const temperature = rampedTemperature([o.temperatureFrom, o.temperatureTo], now)
    return method({
      rollouts: ladder(n => independent({ ...sampler, temperature }, n), grade, o),
      rewards: grade,
      select: accuracyBand(o.low, o.high),
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.reinforce({ reduction: 'sequence-mean' }),
    })
  },
})
