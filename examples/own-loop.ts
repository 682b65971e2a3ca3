// A loop of one's own around a recipe: three iterations of own-recipe.ts, on the models that the package carries.

import * as minform from 'minform'
import recipe from './own-recipe.js'

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
