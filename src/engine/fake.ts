// A whole engine on the smallest model there is (tabular.ts). Sampling, gradients and optimizer are real, so what uses an
// engine can be tested in microseconds, without a tensor library.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import { checked } from '../data/checked.ts'
import { DataError, EngineError } from '../errors.ts'
import { readJson } from '../model-source/json.ts'
import { normal, random } from '../numbers/random.ts'
import type { TokenBytes } from '../tokenizer/tokenizer.ts'
import { allAbilities } from './abilities.ts'
import { adamW, norm, sgd } from './adamw.ts'
import { askedIds } from './asked.ts'
import { blendInto } from './blend.ts'
import {
  Completing,
  limitOf,
  requireTokenBytes,
  type SampleRules,
  sampleRules,
} from './completing.ts'
import { layerAt } from './depths.ts'
import type {
  Asked,
  Completion,
  Engine,
  HiddenOptions,
  LabelledSequence,
  ModelInfo,
  SampleOptions,
  SampleRequest,
  SaveOptions,
  ScoreOptions,
  SlopedSequence,
  StepOptions,
  StepResult,
  TokenScores,
  WeightedSequence,
} from './engine.ts'
import { copyTokenizer } from './hf/checkpoint.ts'
import {
  isOptimizerFile,
  readCounts,
  readMoments,
  requireExact,
  writeOptimizer,
} from './hf/optimizer-file.ts'
import { replaceFiles } from './hf/replace-files.ts'
import { isWeightsFile, type NamedTensor, readTensors, writeShards } from './hf/safetensors.ts'
import { addOrthogonal } from './orthogonal.ts'
import { Table } from './tabular.ts'
import { classTargets, logitSlopes, readAlone, requireWeights } from './targets.ts'

export interface FakeOptions {
  readonly vocabSize?: number
  readonly absentIds?: readonly number[] // default none
  readonly maxPositions?: number
  readonly head?: ModelInfo['head']
  readonly classes?: number // of a token-classification head
  readonly seed?: number
}

const architecture = 'tabular'
const schema = z.object({
  model_type: z.literal(architecture),
  head: z.enum(['language-model', 'token-classification']),
  vocab_size: z.number().int().positive(),
  absent_ids: z.array(z.number().int().nonnegative()).default([]),
  max_position_embeddings: z.number().int().positive(),
  classes: z.number().int().nonnegative(),
})

/** A fresh tabular model: a deterministic function of its options. */
export function fakeEngine({
  vocabSize = 16,
  absentIds = [],
  maxPositions = 64,
  head = 'language-model',
  classes = 2,
  seed = 0,
}: FakeOptions = {}): FakeEngine {
  const outputs = head === 'language-model' ? 0 : classes
  const parameters = vocabSize * vocabSize + outputs * (vocabSize + 1)
  const engine = new FakeEngine({
    architecture,
    head,
    parameters,
    vocabSize,
    absentIds,
    maxPositions,
    classes: outputs,
  })
  const draw = random(seed, 'fake')
  for (let i = 0; i < parameters - outputs; i++) engine.table.values[i] = 0.5 * normal(draw)
  return engine
}

/** The tabular model that `save` wrote. */
export async function openFakeEngine(folder: string): Promise<FakeEngine> {
  const file = join(folder, 'config.json')
  const {
    head,
    vocab_size: vocabSize,
    absent_ids: absentIds,
    max_position_embeddings: maxPositions,
    classes,
  } = checked(
    schema,
    await readJson(file),
    wrong => new DataError(`${file}: not a tabular model: ${wrong}`),
  )
  const engine = fakeEngine({ head, vocabSize, absentIds, maxPositions, classes })
  await readTensors(
    folder,
    engine.table.tensors().map(({ values, ...rest }) => ({ ...rest, into: values })),
  )
  return engine
}

export class FakeEngine implements Engine {
  readonly info: ModelInfo
  readonly table: Table
  readonly base = null
  readonly abilities = allAbilities
  #version = 0
  #closed = false
  #tokens: TokenBytes | null = null
  readonly #moments: { mean: Float32Array; square: Float32Array }
  readonly #steps = { trunk: 0, head: 0 }

  constructor(info: ModelInfo) {
    this.info = info
    this.table = new Table(info)
    this.#moments = {
      mean: new Float32Array(info.parameters),
      square: new Float32Array(info.parameters),
    }
  }

  get version(): number {
    return this.#version
  }

  async spell(tokens: TokenBytes): Promise<void> {
    await this.#ready('spell', this.info.head)
    requireTokenBytes(tokens, this.info)
    this.#tokens = tokens
  }

  async sample(
    requests: readonly SampleRequest[],
    options: SampleOptions,
  ): Promise<readonly (readonly Completion[])[]> {
    await this.#ready('sample', 'language-model', options.signal)
    const rules = sampleRules(this.info, requests, options, this.#tokens)
    return requests.map((request, i) => {
      const all = Array.from({ length: request.n }, (_, g) =>
        this.#complete(request, g, rules, options),
      )
      options.arrived?.(i, all)
      return all
    })
  }

  async score(
    sequences: readonly Int32Array[],
    signal?: AbortSignal,
    options: ScoreOptions = {},
  ): Promise<readonly TokenScores[]> {
    await this.#ready('score', 'language-model', signal)
    for (const ids of sequences) this.#check(ids)
    return sequences.map(ids => this.table.scores(ids, options))
  }

  /** What the head reads at a token: its row of the table, which is all there is at any depth. */
  async hidden(
    sequences: readonly Int32Array[],
    signal?: AbortSignal,
    { depths = [1] }: HiddenOptions = {},
  ): Promise<readonly Float32Array[]> {
    await this.#ready('hidden', this.info.head, signal)
    for (const ids of sequences) this.#check(ids)
    const { vocabSize } = this.info
    const behind = depths.map(depth => layerAt(depth, 1))
    return sequences.map(ids => {
      const states = new Float32Array(ids.length * behind.length * vocabSize)
      ids.forEach((id, t) => {
        for (const i of behind.keys())
          states.set(this.table.row(id), (t * behind.length + i) * vocabSize)
      })
      return states
    })
  }

  async classify(asked: readonly Asked[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
    await this.#ready('classify', 'token-classification', signal)
    const sequences = asked.map(askedIds)
    for (const ids of sequences) this.#check(ids)
    const { classes } = this.info
    return sequences.map(ids => {
      const logits = new Float32Array(ids.length * classes)
      ids.forEach((id, t) => {
        logits.set(this.table.classLogits(id), t * classes)
      })
      return logits
    })
  }

  async accumulate(
    sequences: readonly WeightedSequence[],
    signal?: AbortSignal,
  ): Promise<readonly TokenScores[]> {
    await this.#ready('accumulate', 'language-model', signal)
    for (const sequence of sequences) {
      this.#check(sequence.ids)
      requireWeights(sequence)
    }
    const out = sequences.map(sequence => readAlone(sequence, this.table.scores(sequence.ids)))
    for (const sequence of sequences) this.table.learn(sequence)
    return out
  }

  async accumulateClasses(
    sequences: readonly LabelledSequence[],
    scale: number,
    signal?: AbortSignal,
  ): Promise<number> {
    await this.#ready('accumulateClasses', 'token-classification', signal)
    const wanted = sequences.map(sequence => {
      this.#check(sequence.ids)
      return classTargets(sequence, this.info.classes)
    })
    let loss = 0
    sequences.forEach(({ ids }, i) => {
      for (const { at, target_C } of wanted[i]!)
        loss += scale * this.table.learnClass(ids[at]!, target_C, scale)
    })
    return loss
  }

  async accumulateLogits(
    sequences: readonly SlopedSequence[],
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#ready('accumulateLogits', 'token-classification', signal)
    const slopes = sequences.map(sequence => {
      this.#check(sequence.ids)
      return logitSlopes(sequence, this.info.classes)
    })
    sequences.forEach(({ ids }, i) => {
      for (const { at, slope_C } of slopes[i]!) this.table.learnLogits(ids[at]!, slope_C)
    })
  }

  async step({
    learningRate,
    betas: [beta1, beta2] = [0.9, 0.95],
    epsilon = 1e-8,
    weightDecay = 0,
    clipNorm = 1,
    only = 'all',
    rule = 'adamw',
    orthogonal = 0,
  }: StepOptions): Promise<StepResult> {
    await this.#ready('step', this.info.head)
    const { gradient, values } = this.table
    const trunk = this.info.vocabSize ** 2
    const { classes: rows, vocabSize: width } = this.info
    const at = (row: number, i: number): number => trunk + row * width + i
    if (orthogonal > 0) addOrthogonal(gradient, values, { rows, width, at }, orthogonal)
    const gradNorm = norm(only === 'head' ? gradient.subarray(trunk) : gradient)
    const applied = Number.isFinite(gradNorm)
    if (applied) {
      const settings = { learningRate, beta1, beta2, epsilon, weightDecay }
      const scale = clipNorm === null ? 1 : Math.min(1, clipNorm / (gradNorm + 1e-6))
      const move = (part: 'trunk' | 'head', from: number, to: number): void => {
        if (rule === 'sgd') {
          sgd(values, gradient, settings, scale, from, to)
          return
        }
        const moments = { ...this.#moments, steps: ++this.#steps[part] }
        adamW(values, gradient, moments, settings, scale, from, to)
      }
      if (only === 'all') move('trunk', 0, trunk)
      move('head', trunk, values.length)
      this.#version++
    }
    gradient.fill(0)
    return { gradNorm, applied }
  }

  async clear(): Promise<void> {
    await this.#ready('clear', this.info.head)
    this.table.gradient.fill(0)
  }

  async weights(): Promise<Float32Array> {
    await this.#ready('weights', this.info.head)
    return this.table.values.slice()
  }

  async blend(weights: Float32Array, share: number): Promise<void> {
    await this.#ready('blend', this.info.head)
    blendInto(this.table.values, weights, share)
    this.table.gradient.fill(0)
    this.#version++
  }

  async save(
    folder: string,
    { dtype = 'float32', tokenizer = null, optimizer = false, config: keys = {} }: SaveOptions = {},
  ): Promise<void> {
    await this.#ready('save', this.info.head)
    requireExact(dtype, optimizer)
    const { head, vocabSize, absentIds, maxPositions, classes } = this.info
    const config: z.infer<typeof schema> = {
      ...keys,
      model_type: architecture,
      head,
      vocab_size: vocabSize,
      absent_ids: [...absentIds],
      max_position_embeddings: maxPositions,
      classes,
    }
    await replaceFiles(folder, {
      key: 'config.json',
      owns: name => isWeightsFile(name) || isOptimizerFile(name),
      write: async stage => {
        await writeShards(stage, this.table.tensors(), { dtype })
        const counts = { version: this.#version, steps: [this.#steps.trunk, this.#steps.head] }
        if (optimizer) await writeOptimizer(stage, counts, this.#remembered(this.#moments))
        if (tokenizer !== null) await copyTokenizer(tokenizer, stage)
        await writeFile(join(stage, 'config.json'), `${JSON.stringify(config, null, 2)}\n`)
      },
    })
  }

  async restore(folder: string): Promise<void> {
    await this.#ready('restore', this.info.head)
    const stored = new Table(this.info)
    const into = stored.tensors().map(({ values, ...rest }) => ({ ...rest, into: values }))
    await readTensors(folder, into)
    const { version, steps } = await readCounts(folder)
    const [mean, square] = [stored.gradient, new Float32Array(stored.gradient.length)]
    await readMoments(folder, this.#remembered({ mean, square }))
    this.table.values.set(stored.values)
    this.table.gradient.fill(0)
    this.#moments.mean.set(mean)
    this.#moments.square.set(square)
    Object.assign(this.#steps, { trunk: steps[0], head: steps[1] ?? 0 })
    this.#version = version
  }

  #remembered(moments: Readonly<Record<'mean' | 'square', Float32Array>>): NamedTensor[] {
    return Object.entries(moments).flatMap(([kind, values]) =>
      this.table.tensors(values).map(tensor => ({ ...tensor, name: `${kind}.${tensor.name}` })),
    )
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  #complete(
    request: SampleRequest,
    index: number,
    rules: SampleRules,
    { precision }: Pick<SampleOptions, 'precision'>,
  ): Completion {
    const { ids, seed } = request
    const limit = limitOf(request, rules, this.info)
    const completion = new Completing(rules, random(seed, 'sample', index), limit)
    while (completion.ended === null) {
      const last = completion.ids.at(-1) ?? ids.at(-1)!
      const logits = precision === 'int8' ? this.table.roundedRow(last) : this.table.row(last)
      completion.add(logits, 0)
    }
    return completion.finish(this.#version)
  }

  /** Lets other work run, then refuses what this engine cannot do. */
  async #ready(verb: string, head: ModelInfo['head'], signal?: AbortSignal): Promise<void> {
    if (!this.#closed) await setImmediate()
    signal?.throwIfAborted()
    if (this.#closed) throw new EngineError(`${verb}: the engine is closed`)
    if (head !== this.info.head)
      throw new EngineError(`${verb}: needs a ${head} head; this model has ${this.info.head}`)
  }

  #check(ids: Int32Array): void {
    const { vocabSize, maxPositions } = this.info
    if (ids.length > maxPositions)
      throw new EngineError(`a sequence of ${ids.length} tokens; the model takes ${maxPositions}`)
    for (const id of ids)
      if (!(id >= 0 && id < vocabSize))
        throw new EngineError(`token ${id}; the vocabulary has ${vocabSize}`)
  }
}
