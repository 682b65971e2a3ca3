import { learning, method, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { values } from '../rewards/values.ts'
import { knownAnswer, madeWrong } from '../rewards/verifier-lessons.ts'
import { wrongTwins } from '../rollouts/wrong-twins.ts'
import { advantages, credit, update } from '../stages.ts'

const part = (weight: number) => ({ baseline: advantages.groupNorm(), weight })
const unused = { label: part(0), values: part(0) } // the verifier alone learns from them

export default recipe({
  name: 'cooper',
  paper: 'arXiv:2508.05613',
  about: 'GRPO on a verifier that knows the answers, and learns while the policy does.',
  needs: ['grader'],
  mayAsk: true,
  beside: { verifier: { about: 'says whether a rollout is right', classes: 1 } },
  differs: ['all pairs are learned without --chat; no KL; deviation of the group; rates are small'],
  options: {
    ...learning,
    before: { default: 20, help: 'iterations in which the verifier alone learns', min: 0 },
    verifierRate: { default: 3e-4, help: 'step size of AdamW for the verifier', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
  },
  rollouts: o => o.groupSize + 1, // the one that is made
  build: (o, { sample, grade, model, sampler, mayAsk }, { iteration }) => {
    const [verifier, before] = [model('verifier'), iteration <= o.before]
    const [make, shown] = [madeWrong(before ? null : mayAsk), knownAnswer(sampler, verifier.info)]
    const how = { learningRate: o.verifierRate, shown, before, made: make !== null }
    const seen = { label: credit.twins(how), values: credit.values() }
    return method({
      rollouts: wrongTwins(sample(o.groupSize), grade, make, sampler),
      rewards: both(grade, values(verifier, shown)),
      credit: credit.streams({ ...seen, verdict: credit.verdict() }),
      advantages: advantages.combine({ verdict: part(before ? 0 : 1), ...unused }),
      loss: update.clipped({ clip: o.clip }),
      also: [update.verifier(verifier, how)],
    })
  },
})
