// How a batch of examples is learned through an engine's verbs. The trainer asks for no more than this, so that a loss of
// another kind is another objective and no change to the trainer.

import type { Engine, LabelledSequence, WeightedSequence } from '../../engine/engine.ts'
import { EngineError } from '../../errors.ts'
import type { LogitLoss, Response, ResponseLoss } from './losses/loss.ts'

export interface Objective<E> {
  /** Adds the gradient of the mean over a batch's terms to the model's; returns that mean, 0 where there is no term. */
  learn(model: Engine, batch: readonly E[], signal?: AbortSignal): Promise<number>
}

/** A solution as a classifier of tokens learns it: which tokens have labels, and what labels. */
export interface ClassifiedExample {
  readonly ids: Int32Array
  readonly at_N: Int32Array // indices into ids, in order
  readonly labels: Float32Array // [N, targets of the loss], each in [0, 1]; NaN where there is none
}

/** A response as an implicit reward model learns it. */
export interface ResponseExample {
  readonly ids: Int32Array
  readonly from: number // where the response begins in ids, at least 1
  readonly reference_T: Float32Array // log-probabilities of ids[from..] under the frozen reference
  readonly outcome: number | null // 1: right; 0: wrong; null: it is the answer to another problem
}

/** Cross-entropy over labelled tokens, the engine's own, in one pass. */
export function ofClasses(): Objective<LabelledSequence> {
  return {
    learn: (model, batch, signal) =>
      model.accumulateClasses(batch, 1 / Math.max(1, labelsIn(batch)), signal),
  }
}

/** Any loss of a head's logits. One that is a cross-entropy takes one pass, others read the logits first. */
export function ofLogits(loss: LogitLoss): Objective<ClassifiedExample> {
  const { distribution } = loss
  const inOnePass = ofClasses()
  return {
    learn: (model, batch, signal) => {
      const { classes } = model.info
      if (classes !== loss.classes)
        throw new EngineError(
          `the loss is of a head with ${loss.classes} outputs; this model's has ${classes}`,
        )
      if (distribution === undefined) return learnLogits(model, batch, loss, signal)
      const targeted = batch.map(example => targetsOf(example, classes, distribution))
      return inOnePass.learn(model, targeted, signal)
    },
  }
}

/**
 * A loss that is linear in the log-probabilities of label tokens: an example is one solution as sequences whose weights
 * are those of the loss, and every weight counts as so many terms.
 */
export function ofLabelTokens(): Objective<readonly WeightedSequence[]> {
  return {
    learn: async (model, batch, signal) => {
      const sequences = batch.flat()
      let terms = 0
      for (const { weights } of sequences) for (const weight of weights) terms += weight
      if (terms === 0) return 0
      const scaled = sequences.map(({ ids, weights }) => ({
        ids,
        weights: weights.map(w => w / terms),
      }))
      const scores = await model.accumulate(scaled, signal)
      let loss = 0
      scaled.forEach(({ weights }, i) => {
        weights.forEach((weight, t) => {
          if (weight !== 0) loss -= weight * scores[i]!.logprobs[t]!
        })
      })
      return loss
    },
  }
}

/** A text to learn, and what it follows. */
export interface TextExample {
  readonly ids: Int32Array
  readonly from: number // the first token that is learned, at least 1
}

/** Cross-entropy over tokens of texts, each counting alike. */
export function ofTexts(): Objective<TextExample> {
  return {
    learn: async (model, batch, signal) => {
      const terms = batch.reduce((sum, { ids, from }) => sum + ids.length - from, 0)
      if (terms === 0) return 0
      const sequences = batch.map(({ ids, from }) => ({
        ids,
        weights: new Float32Array(ids.length - 1).fill(1 / terms, from - 1),
      }))
      const scores = await model.accumulate(sequences, signal)
      let loss = 0
      batch.forEach(({ from }, i) => {
        for (const logprob of scores[i]!.logprobs.subarray(from - 1)) loss -= logprob / terms
      })
      return loss
    },
  }
}

/** A loss of whole responses; an example holds those that it takes together. */
export function ofResponses(loss: ResponseLoss): Objective<readonly ResponseExample[]> {
  return {
    learn: async (model, batch, signal) => {
      const scores = await model.score(
        batch.flatMap(together => together.map(({ ids }) => ids)),
        signal,
      )
      let at = 0
      const units = loss.together === 'batch' ? [batch.flat()] : batch
      const found = units.map(together =>
        loss.of(
          together.map(({ from, reference_T, outcome }): Response => {
            const policy_T = scores[at++]!.logprobs.subarray(from - 1)
            return { policy_T, reference_T, outcome }
          }),
        ),
      )
      const terms = found.reduce((sum, one) => sum + one.terms, 0)
      if (terms === 0) return 0
      const slopes_G_T = found.flatMap(one => one.slopes_G_T)
      const sequences = batch.flat().map(({ ids, from }, g) => {
        const weights = new Float32Array(ids.length - 1)
        weights.set(
          slopes_G_T[g]!.map(slope => -slope / terms),
          from - 1,
        )
        return { ids, weights }
      })
      await model.accumulate(sequences, signal)
      return found.reduce((sum, one) => sum + one.loss, 0) / terms
    },
  }
}

/** Examples with the log-probabilities of a reference, which is the model as it is now. */
export async function withReference<E extends Omit<ResponseExample, 'reference_T'>>(
  reference: Engine,
  examples: readonly E[],
  signal?: AbortSignal,
): Promise<(E & Pick<ResponseExample, 'reference_T'>)[]> {
  const scores = await reference.score(
    examples.map(({ ids }) => ids),
    signal,
  )
  return examples.map((example, i) => ({
    ...example,
    reference_T: scores[i]!.logprobs.slice(example.from - 1),
  }))
}

async function learnLogits(
  model: Engine,
  batch: readonly ClassifiedExample[],
  loss: LogitLoss,
  signal?: AbortSignal,
): Promise<number> {
  const { classes } = loss
  const logits = await model.classify(
    batch.map(({ ids, at_N }) => ({ ids, at: at_N })),
    signal,
  )
  const found = batch.map(({ at_N, labels }, i) => {
    const rows = new Float32Array(at_N.length * classes)
    at_N.forEach((at, n) => {
      rows.set(logits[i]!.subarray(at * classes, (at + 1) * classes), n * classes)
    })
    return loss.of(rows, labels)
  })
  const terms = found.reduce((sum, one) => sum + one.terms, 0)
  if (terms === 0) return 0
  const sloped = batch.map(({ ids, at_N }, i) => {
    const slopes = new Float32Array(ids.length * classes)
    at_N.forEach((at, n) => {
      for (let c = 0; c < classes; c++)
        slopes[at * classes + c] = found[i]!.slopes[n * classes + c]! / terms
    })
    return { ids, slopes }
  })
  await model.accumulateLogits(sloped, signal)
  return found.reduce((sum, one) => sum + one.loss, 0) / terms
}

function targetsOf(
  { ids, at_N, labels }: ClassifiedExample,
  classes: number,
  distribution: (label: number) => readonly number[],
): LabelledSequence {
  if (labels.length !== at_N.length)
    throw new RangeError(`ofLogits: ${labels.length} labels for ${at_N.length} positions`)
  const targets = new Float32Array(ids.length * classes).fill(Number.NaN)
  at_N.forEach((at, n) => {
    if (!Number.isNaN(labels[n])) targets.set(distribution(labels[n]!), at * classes)
  })
  return { ids, targets }
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
