// A task of one's own: digit sums, one addition a step. Its rule says what step comes next and judges any other, so it can
// label steps, measure policies, and make wrong steps. A tiny transformer learns it here from worked solutions alone.

import * as minform from 'minform'

/** The state is what is left to add: the sum so far, and the digits to come. */
const rule: minform.StepRule<readonly number[]> = {
  start: problem => [...minform.metaText(problem, 'digits')].map(Number),
  right: ([sum = 0, digit]) => [
    digit === undefined ? `\\boxed{${sum}}` : `${sum}+${digit}=${sum + digit}`,
  ],
  advance(state, step) {
    if (step !== rule.right(state)[0]) return { wrong: 'not the next step' }
    const [sum = 0, digit, ...rest] = state
    return { next: digit === undefined ? 'solved' : [sum + digit, ...rest] }
  },
}
const offByOne: minform.Mistake<readonly number[]> = ([a = 0, b = 0]) => `${a}+${b}=${a + b + 1}`

const digitSums: minform.TaskFamily = {
  name: 'digit-sums',
  generate(random, difficulty) {
    const digits = Array.from({ length: 3 + difficulty }, () => 1 + minform.below(random, 9))
    const sums = digits.map((_, i) => digits.slice(0, i + 1).reduce((a, b) => a + b))
    const steps = digits.slice(1).map((digit, i) => `${sums[i]}+${digit}=${sums[i + 1]}`)
    const [text, answer] = [digits.join(''), String(sums.at(-1))]
    const solution = [...steps, `\\boxed{${answer}}`]
    return { id: text, prompt: `Add ${text}:\n\n`, answer, solution, meta: { digits: text } }
  },
  ...minform.byRule(rule, [offByOne]),
}

const train = minform.problemStream(digitSums, { split: 'train', seed: 1, difficulty: 0 })
const held = minform.takeProblems(digitSums, 60, { split: 'test', seed: 1, difficulty: 0 })
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
  const shown = digitSums.oracle(problem, steps).map(({ why }, s) => `${steps[s]} (${why})`)
  console.log(
    `after ${engine.version} updates, ${(100 * accuracy).toFixed(0)} % of answers are right`,
  )
  console.log(`  ${problem.prompt.trim()} ${shown.slice(0, 3).join(', ')}`)
}
await engine.close()
