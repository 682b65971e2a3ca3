// A small model on several threads: each has the weights, and does its share of the rows. Its operations are too short
// for threads to share one; rows need nothing of each other until their gradients are added.

import { askedIds } from '../asked.ts'
import { sampleRules } from '../completing.ts'
import type { Completion, SampleOptions, SampleRequest, WeightedSequence } from '../engine.ts'
import type { ModelConfig } from '../hf/config.ts'
import type { PackedWeights } from '../hf/packed.ts'
import { parameterCount } from '../hf/parameters.ts'
import { Helper, sharedFloats } from './helper.ts'
import { Kept } from './kept.ts'
import type { LaneSource } from './lane.ts'
import { Model, type ModelOptions, type ModelParts, modelOptions } from './model.ts'
import { type Checkpoint, requireIds } from './reading.ts'
import { dealCompletions, dealSequences, type LaneCount } from './shares.ts'
import { doWork, type WorkAnswer, type WorkArgs, type WorkName } from './work.ts'

type ReadingName = Exclude<WorkName, 'sample'>
type Sequence = WorkArgs<ReadingName>[0][number]

const leastBudget = 1024 // tokens in one rectangle, for the products of matrices
const attention = 50 // ms between looks whether the work is to stop, where this thread waits for another

export class Lanes {
  readonly model: Model // of this thread, and the one that is trained
  private readonly count: LaneCount
  private readonly source: Omit<LaneSource, 'memory'>
  private helpers: readonly Helper[] | null = null // begun with the first work that is worth it
  private readonly trained: Float32Array // a copy of the model's weights that every thread can see
  private readonly kept: Kept // for calls of sample that go on from others
  private stale = true // that copy
  private added = false // to the helpers' gradients

  /** `lanes` threads with this one; `source` is what the others make their model of. */
  constructor(model: Model, lanes: number, source: Omit<LaneSource, 'memory'>) {
    this.model = model
    this.count = { lanes, parameters: model.parameters }
    this.source = source
    this.trained = sharedFloats(lanes > 1 ? model.trained.length : 0)
    this.kept = new Kept(lanes, Math.floor(model.cacheBytes / 4 / Float32Array.BYTES_PER_ELEMENT))
  }

  /** Completions of each request, in order, as sample of sampling.ts. */
  async sample(
    requests: readonly SampleRequest[],
    options: Omit<SampleOptions, 'signal'>,
    checkpoint: Checkpoint,
  ): Promise<Completion[][]> {
    const { info, tokens, version } = this.model
    const { maxTokens } = sampleRules(info, requests, options, tokens)
    const { kept } = this
    kept.renew(version)
    const places = requests.map(({ ids }) => (options.keep ? kept.of(ids) : null))
    const spans = requests.map((request, i) => ({ ...request, kept: places[i]! }))
    const shares = dealCompletions(spans, maxTokens, this.count)
    const keeping = options.keep ? kept.keeping(places) : null
    const asked = shares.map((share, l): WorkArgs<'sample'> => {
      return [[...share.spans], options, keeping && keeping[l]!]
    })
    const answers = await this.together('sample', asked, checkpoint).catch(error => {
      kept.forget() // some of it may be overwritten
      throw error
    })
    const out = requests.map((): Completion[] => [])
    for (const [l, { completions, written }] of answers.entries()) {
      const share = shares[l]!
      for (const [i, part] of completions.entries()) out[share.requests[i]!]!.push(...part)
      if (written !== null) kept.add(l, share.spans, completions, written)
    }
    return out
  }

  /** An answer for each sequence, in order, of a verb that gives one for each. */
  async each<V extends 'score' | 'scoreBase' | 'hidden' | 'classify' | 'accumulate'>(
    verb: V,
    sequences: WorkArgs<V>[0],
    rest: readonly unknown[],
    checkpoint: Checkpoint,
  ): Promise<WorkAnswer<V>> {
    const { shares, answers } = await this.read(verb, sequences, rest, checkpoint)
    const out: unknown[] = []
    for (const [l, share] of shares.entries()) {
      for (const [k, i] of share.entries()) out[i] = (answers[l] as unknown[])[k]
    }
    return out as WorkAnswer<V>
  }

  /** The answer of each lane for its share of the sequences. */
  async read<V extends ReadingName>(
    verb: V,
    sequences: WorkArgs<V>[0],
    rest: readonly unknown[],
    checkpoint: Checkpoint,
  ): Promise<{ readonly shares: readonly number[][]; readonly answers: WorkAnswer<V>[] }> {
    const all = sequences as readonly Sequence[]
    // Before they are dealt out: the error names a sequence by its place here.
    for (const [i, one] of all.entries())
      requireIds(askedIds(one), this.model.config, `sequence ${i}`)
    const read = all.map(one => (isRead(one) ? askedIds(one) : null))
    const shares = dealSequences(read, this.count)
    const asked = shares.map(share => [share.map(i => all[i]!), ...rest] as WorkArgs<V>)
    return { shares, answers: await this.together(verb, asked, checkpoint) }
  }

  /** Adds the helpers' gradients to the model's, in their order. */
  gather(): void {
    if (!this.added) return
    const total = this.model.gradient()
    for (const { memory } of this.helpers ?? []) {
      for (let i = 0; i < total.length; i++) total[i]! += memory.gradient[i]!
      memory.gradient.fill(0)
    }
    this.added = false
  }

  /** Forgets the accumulated gradient. */
  clear(): void {
    this.model.clear()
    if (this.added) for (const { memory } of this.helpers ?? []) memory.gradient.fill(0)
    this.added = false
  }

  /** Says that the weights are others now: the helpers get them with their next work. */
  renewed(): void {
    this.stale = true
    for (const helper of this.helpers ?? []) helper.outdated = true
  }

  async close(): Promise<void> {
    await this.model.close()
    await Promise.all((this.helpers ?? []).map(helper => helper.close()))
  }

  /** One answer a share, the first by this thread. Where one of them fails, the others stop, and its error is thrown. */
  private async together<V extends WorkName>(
    verb: V,
    asked: readonly WorkArgs<V>[],
    checkpoint: Checkpoint,
  ): Promise<WorkAnswer<V>[]> {
    const { model } = this
    if (asked.length === 1) return [await doWork(verb, model, checkpoint, asked[0]!)]
    const helpers = this.ready().slice(0, asked.length - 1)
    const failures: unknown[] = []
    const fail = (error: unknown): null => {
      failures.push(error)
      for (const { memory } of helpers) Atomics.store(memory.stop, 0, 1)
      return null
    }
    const stop: Checkpoint = () => {
      if (failures.length > 0) throw failures[0]
      checkpoint()
    }
    const look = setInterval(() => {
      try {
        checkpoint()
      } catch (error) {
        fail(error)
      }
    }, attention)
    if (verb.startsWith('accumulate')) this.added = true
    if (this.stale) this.trained.set(model.trained)
    this.stale = false
    try {
      const others = helpers.map((helper, l) => helper.work(verb, asked[l + 1]!, model).catch(fail))
      const own = doWork(verb, model, stop, asked[0]!).catch(fail)
      const answers = await Promise.all([own, ...others])
      if (failures.length > 0) throw failures[0]
      return answers as WorkAnswer<V>[]
    } finally {
      clearInterval(look)
    }
  }

  private ready(): readonly Helper[] {
    const { source, trained } = this
    this.helpers ??= Array.from({ length: this.count.lanes - 1 }, () => new Helper(source, trained))
    return this.helpers
  }
}

/** A model in its lanes, with an equal part of threads and memory each. */
export function openLanes(
  config: ModelConfig,
  values: Float32Array | PackedWeights,
  asked: Partial<ModelOptions> & ModelParts,
): Lanes {
  const all = modelOptions(parameterCount(config), asked)
  const { lanes, threads, rows, cacheBytes, valueBytes, budget } = all
  const part = (of: number, least = 1): number => Math.max(least, Math.floor(of / lanes))
  const options = {
    ...asked,
    ...all,
    threads: part(threads),
    rows: part(rows),
    cacheBytes: part(cacheBytes),
    valueBytes: part(valueBytes),
    budget: asked.budget ?? part(budget, Math.min(budget, leastBudget)),
  }
  return new Lanes(new Model(config, values, options), lanes, { config, values, options })
}

/** Whether anything is learned of a sequence, where it is for learning. */
function isRead(sequence: Sequence): boolean {
  return !('weights' in sequence) || hasWeight(sequence)
}

function hasWeight({ weights, entropyWeights }: WeightedSequence): boolean {
  return [weights, entropyWeights].some(values => values?.some(weight => weight !== 0))
}
