import type { Engine, StepOptions } from '../../engine/engine.ts'
import { stepOptions } from '../../engine/step-options.ts'
import { ConfigError, EngineError } from '../../errors.ts'
import { rateOf } from '../../update/learning-rate.ts'
import type { Objective } from './objective.ts'

/** Two stages, as PURE trains its judge: the new head alone, then everything. */
export interface PrmSchedule {
  readonly headUpdates: number // 0 of a language model, which has no new head
  readonly headRate: number
  readonly updates: number
  readonly learningRate: number
  readonly batch: number // examples of one update
  readonly weightDecay?: number // default 0.1
  readonly from?: number // updates of both stages that a restored model has seen; default 0
  readonly signal?: AbortSignal
  readonly step?: Pick<StepOptions, 'orthogonal'> // more of each step
  /**
   * Told after each update, which waits for it: how many of both stages are done, and the loss, a mean over its terms. The
   * answer 'enough' ends the training.
   */
  readonly onUpdate?: (done: number, loss: number) => unknown
}

const patience = 10 // updates in a row whose gradient is not finite, before that is an error

/**
 * Trains a process reward model on examples without end, by an objective (arXiv:2504.15275, section 4.1, has the two
 * stages); returns the last loss. An update whose gradient is not finite changes nothing; several in a row are an
 * EngineError.
 */
export async function trainPrm<E>(
  model: Engine,
  next: () => E,
  objective: Objective<E>,
  schedule: PrmSchedule,
): Promise<number> {
  const { headUpdates, headRate, updates, learningRate, batch } = schedule
  const { weightDecay = 0.1, from = 0, signal, step, onUpdate } = schedule
  if (headUpdates > 0 && model.info.head === 'language-model')
    throw new ConfigError(
      'a language model has no new head to train first; expected 0 head updates',
    )
  const all = headUpdates + updates
  const draw = (): E[] => Array.from({ length: batch }, next)
  for (let seen = 0; seen < from; seen++) draw() // the examples that come are those of an uninterrupted training
  let [loss, coming, bad] = [Number.NaN, from < all ? draw() : [], 0]
  for (let update = from; update < all; update++) {
    signal?.throwIfAborted()
    const learned = objective.learn(model, coming)
    if (update + 1 < all) coming = draw() // while the engine is at work
    loss = await learned
    const head = update < headUpdates
    const rate = head ? headRate : rateOf(update - headUpdates, { updates, learningRate })
    const only = head ? 'head' : 'all'
    const options = { learningRate: rate, weightDecay, only, ...step } as const
    const { applied, gradNorm } = await model.step(stepOptions(model, options))
    bad = applied ? 0 : bad + 1
    if (bad === patience)
      throw new EngineError(
        `update ${update + 1}: the gradient has the norm ${gradNorm}, as in the ${patience - 1} updates before; expected a finite one; lower the learning rate`,
      )
    if ((await onUpdate?.(update + 1, loss)) === 'enough') break
  }
  return loss
}
