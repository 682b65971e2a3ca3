import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { LabelledSequence } from '../../../src/engine/engine.ts'
import { readParameters, saveCheckpoint } from '../../../src/engine/hf/checkpoint.ts'
import { type FreshShape, freshConfig } from '../../../src/engine/hf/config.ts'
import { readConfig } from '../../../src/engine/hf/config-file.ts'
import { parameterTable } from '../../../src/engine/hf/parameters.ts'
import { type OnnxEngine, openOnnxEngine } from '../../../src/engine/onnx/open.ts'
import { normal, random } from '../../../src/numbers/random.ts'
import { close, descent, lossOf, sequences, weights } from '../subject.ts'
import { referenceLogits } from './reference.ts'

const sizes = {
  vocabSize: 40,
  hiddenSize: 24,
  intermediateSize: 32,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  maxPositions: 64,
  eosIds: [1],
}
const linear = { kind: 'linear', theta: 100, factor: 3 } as const
const llama3 = {
  kind: 'llama3',
  theta: 100,
  factor: 4,
  lowFrequencyFactor: 1,
  highFrequencyFactor: 4,
  originalPositions: 32,
} as const

const yarn = {
  kind: 'yarn',
  theta: 100,
  factor: 4,
  attentionFactor: 1.3,
  betaFast: 2,
  betaSlow: 0.5,
  truncate: false,
  originalPositions: 16,
} as const

const languages: [string, Partial<FreshShape> & Pick<FreshShape, 'architecture'>][] = [
  ['qwen2, untied, linear scaling', { architecture: 'qwen2', tied: false, rope: linear }],
  ['qwen3 with biases and wide heads', { architecture: 'qwen3', headDim: 10, attentionBias: true }],
  ['llama with all biases', { architecture: 'llama', attentionBias: true, mlpBias: true }],
  ['llama, llama3 scaling, one key head', { architecture: 'llama', kvHeads: 1, rope: llama3 }],
  [
    'mistral, a window, wide heads',
    { architecture: 'mistral', window: 3, headDim: 10, tied: false },
  ],
  ['qwen2, a window in one layer', { architecture: 'qwen2', window: 4, slidingLayers: [1] }],
  ['qwen3, yarn, untied', { architecture: 'qwen3', rope: yarn, tied: false }],
  ['smollm3, no positions at all', { architecture: 'smollm3', unplacedLayers: [0, 1] }],
  [
    'smollm3, a window where there are no positions, all biases',
    {
      architecture: 'smollm3',
      unplacedLayers: [1],
      window: 5,
      slidingLayers: [1],
      attentionBias: true,
      mlpBias: true,
    },
  ],
]
const classifiers: typeof languages = [
  ['qwen2 with a hidden layer in the head', { architecture: 'qwen2', headHidden: true }],
  ['llama of three classes', { architecture: 'llama', classes: 3 }],
  ['mistral with a window', { architecture: 'mistral', window: 4 }],
]

/** A model of random weights, norms and biases too, large enough that every part of it shows. */
async function open(shape: (typeof languages)[number][1]) {
  const config = freshConfig({ ...sizes, ...shape })
  const folder = await mkdtemp(join(tmpdir(), 'minform-families-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const draw = random(3, 'families')
  const table = parameterTable(config)
  const values = new Float32Array(table.at(-1)!.offset + table.at(-1)!.size)
  for (const { offset, size, init } of table)
    for (let i = offset; i < offset + size; i++)
      values[i] = 0.3 * normal(draw) + (init === 'ones' ? 1 : 0)
  await saveCheckpoint(folder, config, values)
  const engine = await openOnnxEngine(folder)
  onTestFinished(() => engine.close())
  expect(engine.config).toEqual(config)
  return { engine, folder, config }
}

test.each(languages)('%s', async (_, shape) => {
  const { engine, folder, config } = await open(shape)
  const all = [...sequences(engine, 12, 7), ...alike(engine)]
  const parameters = await engine.parameters()
  const scores = await engine.score(all)
  for (const [i, ids] of all.entries()) {
    const logits = referenceLogits(config, parameters, ids)
    const expected = Array.from(ids.subarray(1), (id, t) => logSoftmax(logits[t]!)[id]!)
    close(scores[i]!.logprobs, expected, 1e-4)
  }

  const request = { ids: all[0]!.slice(0, 5), n: 2, seed: 1 }
  const [sampled] = await engine.sample([request], { maxTokens: 10, stopIds: [] })
  for (const { ids, logprobs_T } of sampled!) {
    const [scored] = await engine.score([Int32Array.of(...request.ids, ...ids)])
    close(logprobs_T, scored!.logprobs.slice(4), 1e-4)
  }

  const learn = all.map(ids => ({ ids, weights: weights(ids) }))
  await followsSlope(engine, async () =>
    lossOf(
      await engine.accumulate(learn),
      learn.map(({ weights }) => weights),
    ),
  )

  await engine.save(folder)
  const saved = await readParameters(folder, await readConfig(folder))
  const now = await engine.parameters()
  expect([...saved]).toEqual([...now.values()].flatMap(values => [...values]))
})

test.each(classifiers)('%s', async (_, shape) => {
  const { engine, config } = await open({ head: 'token-classification', ...shape })
  const all = [...sequences(engine, 12, 7), ...alike(engine)]
  const parameters = await engine.parameters()
  const found = await engine.classify(all)
  for (const [i, ids] of all.entries())
    close(found[i]!, referenceLogits(config, parameters, ids).flat(), 1e-4)
  const labelled = all.map((ids): LabelledSequence => {
    const classes = Int32Array.from(ids, (_, t) => (t % 3 === 2 ? t % config.classes : -100))
    return { ids, classes }
  })
  await followsSlope(engine, () => engine.accumulateClasses(labelled, 1))
})

/** Sequences that begin alike, which are read together. */
function alike(engine: OnnxEngine): Int32Array[] {
  const [beginning, ...ends] = sequences(engine, 9, 4, 7)
  return ends.map(end => Int32Array.of(...beginning!, ...end))
}

/** Along the gradient the loss falls by rate * gradNorm^2; the mean of both ends' slopes is exact to second order. */
async function followsSlope(engine: OnnxEngine, learn: () => Promise<number>): Promise<void> {
  const before = await learn()
  const { gradNorm } = await engine.step(descent(0))
  const rate = 0.01 / gradNorm ** 2
  await learn()
  await engine.step(descent(rate))
  const after = await learn()
  const later = await engine.step(descent(0))
  const fall = (rate * (gradNorm ** 2 + later.gradNorm ** 2)) / 2
  expect(Math.abs(before - after - fall)).toBeLessThan(0.03 * fall)
}

function logSoftmax(logits: readonly number[]): number[] {
  const total = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0))
  return logits.map(x => x - total)
}
