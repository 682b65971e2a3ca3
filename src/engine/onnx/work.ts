// The verbs that are work on rows, each of which another thread can do: what they are asked and what they answer is
// plain data.

import type {
  Asked,
  HiddenOptions,
  LabelledSequence,
  SampleOptions,
  ScoreOptions,
  SlopedSequence,
  WeightedSequence,
} from '../engine.ts'
import { Keeper, type Keeping } from './keeper.ts'
import type { Model } from './model.ts'
import type { CompletionSpan } from './prompts.ts'
import {
  accumulate,
  accumulateClasses,
  accumulateLogits,
  type Checkpoint,
  classify,
  hidden,
  score,
} from './reading.ts'
import { sample } from './sampling.ts'

export const work = {
  sample: async (
    model: Model,
    stop: Checkpoint,
    spans: CompletionSpan[],
    options: SampleOptions,
    keeping: Keeping | null,
  ) => {
    const keeper = keeping && new Keeper(keeping, model.config, spans.length)
    const completions = await sample(model, spans, options, stop, keeper)
    return { completions, written: keeper?.written ?? null }
  },
  score: (model: Model, stop: Checkpoint, sequences: Int32Array[], options: ScoreOptions) =>
    score(model, sequences, stop, options),
  scoreBase: (model: Model, stop: Checkpoint, sequences: Int32Array[], options: ScoreOptions) =>
    score(model, sequences, stop, { ...options, adapted: false }),
  hidden: (model: Model, stop: Checkpoint, sequences: Int32Array[], options: HiddenOptions) =>
    hidden(model, sequences, stop, options),
  classify: (model: Model, stop: Checkpoint, sequences: Asked[]) =>
    classify(model, sequences, stop),
  accumulate: (model: Model, stop: Checkpoint, sequences: WeightedSequence[]) =>
    accumulate(model, sequences, stop),
  accumulateClasses: (
    model: Model,
    stop: Checkpoint,
    sequences: LabelledSequence[],
    scale: number,
  ) => accumulateClasses(model, sequences, scale, stop),
  accumulateLogits: (model: Model, stop: Checkpoint, sequences: SlopedSequence[]) =>
    accumulateLogits(model, sequences, stop),
}

export type WorkName = keyof typeof work
type Work<V extends WorkName> = (typeof work)[V]
/** What a verb is asked, after the model and its checkpoint. */
export type WorkArgs<V extends WorkName> =
  Parameters<Work<V>> extends [Model, Checkpoint, ...infer A] ? A : never
export type WorkAnswer<V extends WorkName> = Awaited<ReturnType<Work<V>>>

/** Does a verb on this thread's model. */
export function doWork<V extends WorkName>(
  verb: V,
  model: Model,
  stop: Checkpoint,
  args: WorkArgs<V>,
): Promise<WorkAnswer<V>> {
  const run = work[verb] as (m: Model, c: Checkpoint, ...a: readonly unknown[]) => unknown
  return run(model, stop, ...args) as Promise<WorkAnswer<V>>
}
