// A recipe of one's own, made of the parts of the pipeline and one new part: a credit rule that blames the first wrong
// step and nothing else. Three iterations of it, on the models that the package carries.

import * as minform from 'minform'
import { advantages, credit, update } from 'minform'

/** 1 for every step of a rollout without a wrong one; else -1 for the first wrong step, and 0 for the others. */
const blameFirst: credit.Rule<minform.StepRewards> = minform.creditSteps(rewards_S => {
  const first = rewards_S.findIndex(reward => reward <= 0)
  return rewards_S.map((_, s) => (first < 0 ? 1 : s === first ? -1 : 0))
})

const recipe = minform.recipe({
  name: 'blame-first',
  paper: 'none',
  about: 'Process rewards, the first wrong step alone being blamed.',
  needs: ['prm'],
  differs: [],
  options: { ...minform.common, learningRate: { ...minform.common.learningRate, default: 1e-4 } },
  build: (o, { sample, grade, scoreSteps }) =>
    minform.method({
      rollouts: sample(o.groupSize),
      rewards: minform.both(grade, scoreSteps),
      credit: credit.streams({ process: blameFirst }),
      advantages: advantages.combine(
        { process: { baseline: advantages.openrlhfStep(), weight: 1 } },
        { maskClosing: o.maskClosing, whiten: o.whiten ? 'openrlhf' : 'none' },
      ),
      loss: update.clipped({ clip: o.clip }),
    }),
})

const tokenizer = await minform.loadTokenizer(minform.carriedModels.base)
const policy = await minform.openEngine({ kind: 'onnx', folder: minform.carriedModels.base })
const judge = await minform.openEngine({ kind: 'onnx', folder: minform.carriedModels.prm })
const sampler = { engine: policy, tokenizer, stopIds: tokenizer.stopIds, maxTokens: 160 }
const options = minform.resolve(recipe, { groupSize: '6' })
const needs = minform.needsOf(recipe, options, {
  sampler,
  judge: { rewards: minform.stepScores(judge) },
  reference: () => minform.openEngine({ kind: 'onnx', folder: minform.carriedModels.base }),
})
const method = recipe.build(options, needs, minform.once)
const percent = (xs: readonly number[]) => (100 * xs.reduce((a, b) => a + b)) / xs.length
const task = minform.taskOf('nested-arithmetic')
const problems = minform.problemStream(task, { split: 'train', seed: 1, difficulty: 1 })
const learner = { policy, reference: null, learningRate: Number(options.learningRate) }
for (let iteration = 1; iteration <= 3; iteration++) {
  const batch = Array.from({ length: 12 }, () => problems.next().value)
  const { rewards_P, dropped } = await minform.iterate(method, batch, learner, iteration)
  const right = rewards_P.flatMap(({ outcome_G }) => outcome_G.map(Number))
  const steps = rewards_P.flatMap(({ steps_G_S }) =>
    steps_G_S!.flatMap(scores_S => [...(scores_S ?? [])]),
  )
  const [answers, liked] = [percent(right), percent(steps.map(score => Number(score > 0)))]
  const shares = `${answers.toFixed(1)} % of answers right, ${liked.toFixed(1)} % of steps judged right`
  console.log(`iteration ${iteration}: ${shares}`, dropped ?? '')
}
await Promise.all([policy.close(), judge.close()])
