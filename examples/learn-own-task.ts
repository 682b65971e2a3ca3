// A task of one's own without the command: a tiny transformer learns own-task.ts from worked solutions alone.

import * as minform from 'minform'
import task from './own-task.js'

const train = minform.problemStream(task, { split: 'train', seed: 1, difficulty: 0 })
const held = minform.takeProblems(task, 60, { split: 'test', seed: 1, difficulty: 0 })
const texts = held.map(({ prompt, solution }) => prompt + solution!.join('\n\n'))
const bpe = minform.trainBpe(texts, { vocabSize: 40, alphabet: 'corpus' })
const tokenizer = minform.tokenizerFrom({ tokenizer: bpe, config: { eos_token: '<|im_end|>' } })
const { vocabSize, eosId, stopIds } = tokenizer

const size = { hiddenSize: 64, intermediateSize: 128, layers: 2, heads: 2, maxPositions: 64 }
const shape = minform.freshConfig({
  architecture: 'qwen2',
  ...size,
  vocabSize,
  eosIds: [eosId],
})
const engine = await minform.openEngine({ kind: 'onnx-fresh', config: shape })
const sampler = { engine, tokenizer, stopIds, maxTokens: 24, greedy: true }
const next = (): minform.Example => {
  const { prompt, solution } = train.next().value
  return minform.textRollout(prompt, solution!, true, tokenizer)
}
for (const updates of [0, 80, 100, 120]) {
  await minform.learnTexts(engine, next, { updates, batch: 32, learningRate: 3e-3 })
  const { accuracy, groups } = await minform.accuracy(sampler, held)
  const { problem, rollouts } = groups[0]!
  const steps = rollouts[0]!.steps.map(step => step.text)
  const shown = task.oracle(problem, steps).map(({ why }, s) => `${steps[s]} (${why})`)
  console.log(
    `after ${engine.version} updates, ${(100 * accuracy).toFixed(0)} % of answers are right`,
  )
  console.log(`  ${problem.prompt.trim()} ${shown.slice(0, 3).join(', ')}`)
}
await engine.close()
