// What the outputs of a classification head at a step's closing token say of the step, as one number. The reward of
// reinforcement and the scorers of solutions read a head by the same formulas.

import type { ModelInfo } from '../engine/engine.ts'
import { EngineError } from '../errors.ts'

/** One number of a row of logits. */
export interface StepFormula {
  readonly classes: number // logits of a row
  readonly range: readonly [number, number]
  readonly threshold: number // a step with a score above it is right, unless the model says otherwise
  of(logits: Float32Array, row: number): number // `row`: index of the row's first logit
}

export const formulaNames = [
  'difference',
  'probability',
  'sigmoid',
  'raw',
  'validity',
  'product',
  'first',
] as const
export type FormulaName = (typeof formulaNames)[number]

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

export const stepFormulas: Readonly<Record<FormulaName, StepFormula>> = {
  /** p(right) - p(wrong), class 1 being right (PURE, arXiv:2504.15275, section 2.1). */
  difference: {
    classes: 2,
    range: [-1, 1],
    threshold: 0,
    of: (logits, row) => Math.tanh((logits[row + 1]! - logits[row]!) / 2), // softmax of two logits, 2 p - 1
  },
  /** p(right), class 1 being right (Qwen2.5-Math-PRM, arXiv:2501.07301). */
  probability: {
    classes: 2,
    range: [0, 1],
    threshold: 0.5,
    of: (logits, row) => sigmoid(logits[row + 1]! - logits[row]!),
  },
  /** The one output as a log-odds (Skywork-o1-Open-PRM). */
  sigmoid: {
    classes: 1,
    range: [0, 1],
    threshold: 0.5,
    of: (logits, row) => sigmoid(logits[row]!),
  },
  /** The one output as it is: a value (PQM, arXiv:2410.11287). */
  raw: {
    classes: 1,
    range: [-Infinity, Infinity],
    threshold: 0,
    of: (logits, row) => logits[row]!,
  },
  /** p(neutral) + p(positive) of negative, neutral, positive (ReasonEval, arXiv:2404.05692). */
  validity: {
    classes: 3,
    range: [0, 1],
    threshold: 0.5,
    of: (logits, row) => {
      const [wrong, neutral, positive] = [logits[row]!, logits[row + 1]!, logits[row + 2]!]
      const more = Math.max(neutral, positive)
      return sigmoid(more - wrong + Math.log1p(Math.exp(-Math.abs(neutral - positive))))
    },
  },
  /** P(the step is right) * P(the answer will be), each output a log-odds (DuaShepherd, arXiv:2506.17533). */
  product: {
    classes: 2,
    range: [0, 1],
    threshold: 0.5,
    of: (logits, row) => sigmoid(logits[row]!) * sigmoid(logits[row + 1]!),
  },
  /** The first of two outputs as it is: quality, without what the second one takes of it (ODIN, arXiv:2402.07319). */
  first: {
    classes: 2,
    range: [-Infinity, Infinity],
    threshold: 0,
    of: (logits, row) => logits[row]!,
  },
}

/**
 * A score as a process reward, p(right) - p(wrong): the range laid out on [-1, 1]. A score without an end to its range is
 * one already.
 */
export function asReward(score: number, [low, high]: readonly [number, number]): number {
  if (low === -1 && high === 1) return score
  return Number.isFinite(high - low) ? (2 * (score - low)) / (high - low) - 1 : score
}

/** The formula of a name; an EngineError where the head has another number of outputs than it reads. */
export function formulaFor(
  name: FormulaName,
  { classes }: Pick<ModelInfo, 'classes'>,
): StepFormula {
  const formula = stepFormulas[name]
  if (classes === formula.classes) return formula
  throw new EngineError(
    `the score '${name}' is of ${formula.classes} outputs; this model's head has ${classes}`,
  )
}
