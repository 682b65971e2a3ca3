import type { Engine, LabelledSequence } from '../types.ts'
import { rateOf } from '../update/learning-rate.ts'

/** Two stages, as PURE trains its judge: the new head alone, then everything. */
export interface PrmSchedule {
  readonly headUpdates: number
  readonly headRate: number
  readonly updates: number
  readonly learningRate: number
  readonly batch: number // rollouts of one update
  readonly weightDecay?: number // default 0.1
  readonly signal?: AbortSignal
  /** Told after each update: how many of both stages are done, and the loss in nats a label. */
  readonly onUpdate?: (done: number, loss: number) => void
}

/**
 * Trains a token classifier to tell right steps from wrong ones, by cross-entropy over labelled tokens
 * (arXiv:2504.15275, section 4.1); returns the last loss.
 */
export async function trainPrm(
  judge: Engine,
  next: () => LabelledSequence,
  schedule: PrmSchedule,
): Promise<number> {
  const { headUpdates, headRate, updates, learningRate, batch } = schedule
  const { weightDecay = 0.1, signal, onUpdate } = schedule
  const all = headUpdates + updates
  const draw = (): LabelledSequence[] => Array.from({ length: batch }, next)
  let [loss, coming] = [Number.NaN, all > 0 ? draw() : []]
  for (let update = 0; update < all; update++) {
    signal?.throwIfAborted()
    const learned = judge.accumulateClasses(coming, 1 / Math.max(1, labelsIn(coming)))
    if (update + 1 < all) coming = draw() // while the engine is at work
    loss = await learned
    const head = update < headUpdates
    const rate = head ? headRate : rateOf(update - headUpdates, { updates, learningRate })
    await judge.step({ learningRate: rate, weightDecay, only: head ? 'head' : 'all' })
    onUpdate?.(update + 1, loss)
  }
  return loss
}

/** How many labels there are, as their targets count them. */
function labelsIn(sequences: readonly LabelledSequence[]): number {
  let count = 0
  for (const sequence of sequences) {
    if ('classes' in sequence) for (const label of sequence.classes) count += Number(label >= 0)
    else for (const target of sequence.targets) count += Number.isNaN(target) ? 0 : target
  }
  return count
}
