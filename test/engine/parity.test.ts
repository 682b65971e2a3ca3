import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OnnxEngine, openOnnxEngine } from '../../src/engine/onnx/open.ts'
import { loadChatTemplate, type Message } from '../../src/tokenizer/chat-template.ts'
import { loadTokenizer } from '../../src/tokenizer/load.ts'
import { close, lossOf } from './subject.ts'

// Every folder is a checkpoint and expected.json: what PyTorch and transformers compute from it.

interface Expected {
  readonly dtype: string // of the weights; what follows is computed in float32
  readonly cases: readonly Case[]
  readonly training?: LanguageTraining | ClassTraining
}
interface Case {
  readonly text?: string // what the ids spell
  readonly ids: readonly number[]
  readonly logprobs?: readonly number[]
  readonly entropy?: readonly number[] // one more than logprobs: the last is of what would follow
  readonly lastLogitsTop?: readonly (readonly [number, number])[] // [token, logit] after the last token
  readonly greedy?: readonly number[]
  readonly logits?: readonly (readonly number[])[]
}
interface LanguageTraining {
  readonly lr: number
  readonly betas: readonly [number, number]
  readonly eps: number
  readonly weightDecay: number
  readonly clipNorm: number
  readonly sequences: readonly (readonly number[])[]
  readonly weights: readonly (readonly number[])[]
  readonly steps: readonly ExpectedStep[]
}
interface ExpectedStep {
  readonly loss: number
  readonly gradNorm: number
  readonly gradClippedSum: Readonly<Record<string, number>>
  readonly gradClippedNorm: Readonly<Record<string, number>>
  readonly paramNormAfter: Readonly<Record<string, number>>
}
interface ClassTraining {
  readonly ids: readonly number[]
  readonly labels: readonly number[]
  readonly loss: number
  readonly gradNorm: number
  readonly scoreWeightGradSum: number
  readonly gradNorms?: Readonly<Record<string, number>> // of every parameter
}

const root = process.env.MINFORM_HF_FIXTURES ?? join(import.meta.dirname, '../fixtures/hf')
const folders = readdirSync(root).filter(name => existsSync(join(root, name, 'expected.json')))

/** Norm of a gradient that is rounding alone: that of a key's bias where positions are not turned, for one, is 0. */
const nothing = 1e-6

/** What the tokenizer of every folder makes of some texts; other folders may have it among them. */
const tokenizing = process.env.MINFORM_HF_FIXTURES
  ? join(root, 'tokenizer-expected.json')
  : join(import.meta.dirname, '../fixtures/tokenizer/expected.json')
const special = /<\|endoftext\|>|<\|im_start\|>|<\|im_end\|>|<extra_0>/g

interface Tokenizing {
  readonly encodings: readonly { text: string; ids: readonly number[]; decoded: string }[]
  readonly chat?: { readonly messages: readonly Message[]; readonly text: string }
}

test(`there are checkpoints in ${root}`, () => expect(folders.length).toBeGreaterThan(0))

for (const name of folders)
  describe(name, () => {
    parity(join(root, name))
    tokens(join(root, name))
  })

function tokens(folder: string): void {
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'))
  const { cases } = read(join(folder, 'expected.json')) as Expected
  const texts = cases.filter(({ text }) => text !== undefined)
  if (texts.length === 0) return // the folder is of a model alone
  test('tokens of the cases', async () => {
    const tokenizer = await loadTokenizer(folder)
    for (const { text, ids } of texts) expect([...tokenizer.encode(text!)]).toEqual(ids)
  })
  if (!existsSync(tokenizing)) return
  test('tokenizer and chat template', async () => {
    const { encodings, chat } = read(tokenizing) as Tokenizing
    const tokenizer = await loadTokenizer(folder)
    for (const { text, ids, decoded } of encodings) {
      expect([...tokenizer.encode(text)]).toEqual(ids)
      expect(tokenizer.decode(ids)).toBe(decoded.replaceAll(special, ''))
    }
    if (chat) expect((await loadChatTemplate(folder)).render(chat.messages)).toBe(chat.text)
  })
}

function parity(folder: string): void {
  const { cases, training, dtype } = JSON.parse(
    readFileSync(join(folder, 'expected.json'), 'utf8'),
  ) as Expected
  const half = dtype !== 'torch.float32'
  const tolerance = half ? 2e-3 : 2e-4
  let engine: OnnxEngine
  beforeAll(async () => {
    engine = await openOnnxEngine(folder)
  })
  afterAll(() => engine?.close())

  for (const [i, found] of cases.entries()) {
    if (found.logprobs) test(`scores of case ${i}`, () => scores(engine, found, tolerance))
    if (found.greedy) test(`greedy continuation of case ${i}`, () => greedy(engine, found))
  }
  test('logits are the head of the hidden states, and means over the vocabulary theirs', () =>
    headOfHidden(engine, cases, tolerance))
  if (cases.some(({ logits }) => logits))
    test('logits of the classifier', async () => {
      const found = await engine.classify(cases.map(({ ids }) => Int32Array.from(ids)))
      for (const [i, { logits }] of cases.entries()) close(found[i]!, logits!.flat(), 2e-4)
    })
  if (training && 'steps' in training)
    test('optimizer steps', async () => {
      // For the half types the reference rounded its rotary frequencies too, by up to the spacing of bfloat16.
      const slack = half ? 2 ** -8 : 1e-3
      for (const expected of training.steps) await optimizerStep(engine, training, expected, slack)
    })
  else if (training) test('gradient of the class loss', () => classGradient(engine, training))
}

async function scores(
  engine: OnnxEngine,
  { ids, logprobs, entropy, lastLogitsTop }: Case,
  tolerance: number,
) {
  // One more token makes the engine tell the last distribution too.
  const next = lastLogitsTop ?? [[0, 0] as const]
  const found = await engine.score(next.map(([id]) => Int32Array.of(...ids, id)))
  close(found[0]!.logprobs.slice(0, -1), logprobs!, tolerance)
  if (entropy) close(found[0]!.entropies, entropy, tolerance)
  const last = found.map(score => score.logprobs.at(-1)! - found[0]!.logprobs.at(-1)!)
  const expected = next.map(([, logit]) => logit - next[0]![1])
  close(last, expected, 2 * tolerance) // each is a difference of two
}

/** What lies behind the last layer is, after the last norm, what the head reads. */
async function lastLayerOf(
  engine: OnnxEngine,
  cases: readonly Case[],
  states: readonly Float32Array[],
) {
  const { hiddenSize } = engine.config
  const norm = (await engine.parameters()).get('model.norm.weight')!
  const asked = cases.map(({ ids }) => Int32Array.from(ids))
  const last = await engine.hidden(asked, undefined, { depths: [1] })
  for (const [i, x] of last.entries())
    for (let t = 0; t < asked[i]!.length; t++) {
      const [row, state] = [x, states[i]!].map(all =>
        all.subarray(t * hiddenSize, (t + 1) * hiddenSize),
      )
      const root = Math.sqrt(row!.reduce((sum, y) => sum + y * y, 0) / hiddenSize + 1e-6)
      close(
        row!.map((y, d) => (y / root) * norm[d]!),
        state!,
        1e-3,
      )
    }
}

/** What the checkpoint's own head makes of the hidden states, against the reference's numbers. */
async function headOfHidden(engine: OnnxEngine, cases: readonly Case[], tolerance: number) {
  const parameters = await engine.parameters()
  const { hiddenSize, tied, head } = engine.config
  const states = await engine.hidden(cases.map(({ ids }) => Int32Array.from(ids)))
  for (const [i, { ids }] of cases.entries())
    expect(states[i]!.length).toBe(ids.length * hiddenSize)
  await lastLayerOf(engine, cases, states)
  const weight = parameters.get(tied ? 'model.embed_tokens.weight' : 'lm_head.weight')
  if (head !== 'language-model' || weight === undefined) return
  const options = { meanLogprobs: true }
  for (const [i, { ids, logprobs }] of cases.entries()) {
    if (logprobs === undefined) continue
    const [scored] = await engine.score([Int32Array.from(ids)], undefined, options)
    for (const [t, expected] of logprobs.entries()) {
      const state = states[i]!.subarray(t * hiddenSize, (t + 1) * hiddenSize)
      const logits = Array.from({ length: weight.length / hiddenSize }, (_, v) =>
        state.reduce((sum, x, d) => sum + x * weight[v * hiddenSize + d]!, 0),
      )
      const total = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0))
      near(`token ${t}`, logits[ids[t + 1]!]! - total, expected, 2 * tolerance)
      const mean = sumOf(Float32Array.from(logits)) / logits.length - total
      near(`mean at ${t}`, scored!.meanLogprobs![t]!, mean, 2 * tolerance)
    }
  }
}

async function greedy(engine: OnnxEngine, { ids, greedy }: Case) {
  const request = { ids: Int32Array.from(ids), n: 1, seed: 0 }
  const options = { maxTokens: greedy!.length, greedy: true, stopIds: engine.config.eosIds }
  const [completions] = await engine.sample([request], options)
  expect([...completions![0]!.ids]).toEqual(greedy)
}

async function optimizerStep(
  engine: OnnxEngine,
  training: LanguageTraining,
  expected: ExpectedStep,
  slack: number,
) {
  const { lr, betas, eps, weightDecay, clipNorm } = training
  const weights = training.weights.map(w => Float32Array.from(w))
  const sequences = training.sequences.map((ids, i) => ({
    ids: Int32Array.from(ids),
    weights: weights[i]!,
  }))
  const loss = lossOf(await engine.accumulate(sequences), weights)
  near('loss', loss, expected.loss, 1e-3 * Math.abs(expected.loss))
  const gradients = await engine.gradients()
  const clip = Math.min(1, clipNorm / (expected.gradNorm + 1e-6))
  for (const [name, norm] of Object.entries(expected.gradClippedNorm)) {
    const gradient = gradients.get(name)!
    near(`norm of ${name}`, clip * normOf(gradient), norm, 1e-3 * norm + nothing)
    // A sum of both signs cancels, so its own size says nothing about how exact its terms are.
    const sum = expected.gradClippedSum[name]!
    near(
      `sum of ${name}`,
      clip * sumOf(gradient),
      sum,
      slack * Math.max(Math.abs(sum), norm) + nothing,
    )
  }
  const result = await engine.step({
    learningRate: lr,
    betas,
    epsilon: eps,
    weightDecay,
    clipNorm,
  })
  expect(result.applied).toBe(true)
  near('gradient', result.gradNorm, expected.gradNorm, 1e-3 * expected.gradNorm)
  const parameters = await engine.parameters()
  for (const [name, norm] of Object.entries(expected.paramNormAfter)) {
    // AdamW makes steps of full length of what is only rounding.
    if (expected.gradClippedNorm[name]! < nothing) continue
    near(`${name} afterwards`, normOf(parameters.get(name)!), norm, 1e-4 * norm)
  }
}

async function classGradient(engine: OnnxEngine, { ids, labels, ...expected }: ClassTraining) {
  const count = labels.filter(label => label !== -100).length
  const sequence = { ids: Int32Array.from(ids), classes: Int32Array.from(labels) }
  const loss = await engine.accumulateClasses([sequence], 1 / count)
  near('loss', loss, expected.loss, 2e-4)
  const gradients = await engine.gradients()
  const weight = (gradients.get('score.weight') ?? gradients.get('score.2.weight'))!
  near('sum of score.weight', sumOf(weight), expected.scoreWeightGradSum, 1e-3 * normOf(weight))
  for (const [name, norm] of Object.entries(expected.gradNorms ?? {}))
    near(`norm of ${name}`, normOf(gradients.get(name)!), norm, 1e-3 * norm)
  const { gradNorm } = await engine.step({ learningRate: 0 })
  near('gradient', gradNorm, expected.gradNorm, 1e-3 * expected.gradNorm)
}

function near(what: string, found: number, expected: number, tolerance: number): void {
  const difference = Math.abs(found - expected)
  expect(difference, `${what}: ${found}, expected ${expected}`).toBeLessThanOrEqual(tolerance)
}

function sumOf(values: Float32Array): number {
  return values.reduce((sum, x) => sum + x, 0)
}

function normOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, x) => sum + x * x, 0))
}
