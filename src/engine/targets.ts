// What sequences ask to be learned, checked once for every engine.

import { EngineError } from '../errors.ts'
import type { LabelledSequence, SlopedSequence, TokenScores, WeightedSequence } from './engine.ts'

/** A position that has a label, and the target of each class there. */
export interface ClassTarget {
  readonly at: number
  readonly target_C: Float32Array
}

/** The labelled positions of a sequence for a head of `classes` classes. Throws EngineError for a class that is not there. */
export function classTargets(sequence: LabelledSequence, classes: number): ClassTarget[] {
  const { ids } = sequence
  const soft = 'targets' in sequence
  const [what, got, expected] = soft
    ? ['targets', sequence.targets.length, ids.length * classes]
    : ['classes', sequence.classes.length, ids.length]
  if (got !== expected) {
    throw new EngineError(
      `accumulateClasses: ${got} ${what} for ${ids.length} ids, expected ${expected}`,
    )
  }
  const out: ClassTarget[] = []
  for (let at = 0; at < ids.length; at++) {
    const target_C = soft
      ? sequence.targets.subarray(at * classes, (at + 1) * classes)
      : oneHot(sequence.classes[at]!, classes)
    if (target_C === null || target_C.some(Number.isNaN)) continue
    if (!target_C.every(target => target >= 0 && target < Infinity)) {
      throw new EngineError(
        `accumulateClasses: targets [${target_C.join(', ')}]; expected finite numbers from 0, or NaN for no label`,
      )
    }
    out.push({ at, target_C })
  }
  return out
}

/** A position where a loss has a slope, and the slope for each logit there. */
export interface LogitSlope {
  readonly at: number
  readonly slope_C: Float32Array
}

/** The positions of a sequence whose slopes are not all 0, for a head of `classes` classes. Throws EngineError. */
export function logitSlopes({ ids, slopes }: SlopedSequence, classes: number): LogitSlope[] {
  if (slopes.length !== ids.length * classes) {
    throw new EngineError(
      `accumulateLogits: ${slopes.length} slopes for ${ids.length} ids, expected ${ids.length * classes}`,
    )
  }
  const out: LogitSlope[] = []
  for (let at = 0; at < ids.length; at++) {
    const slope_C = slopes.subarray(at * classes, (at + 1) * classes)
    if (slope_C.some(slope => slope !== 0)) out.push({ at, slope_C })
  }
  return out
}

const names: Readonly<Record<string, string>> = {
  entropyWeights: 'entropy weights',
  drawn: 'drawn log-probabilities',
}

/** Checks the weights of a sequence: one for every token after the first. Throws EngineError. */
export function requireWeights({ ids, weights, entropyWeights, drawn }: WeightedSequence): void {
  const expected = Math.max(0, ids.length - 1)
  for (const [what, given] of Object.entries({ weights, entropyWeights, drawn })) {
    if (given !== undefined && given.length !== expected) {
      const name = names[what] ?? what
      throw new EngineError(
        `accumulate: ${given.length} ${name} for ${ids.length} ids, expected ${expected}`,
      )
    }
  }
}

/** Scores with NaN where a token has no weight, since it need not be read. */
export function readAlone(
  { weights, entropyWeights }: WeightedSequence,
  { logprobs, entropies }: TokenScores,
): TokenScores {
  const unread = (t: number): boolean => weights[t] === 0 && !entropyWeights?.[t]
  const kept = (values: Float32Array): Float32Array =>
    values.map((value, t) => (unread(t) ? Number.NaN : value))
  return { logprobs: kept(logprobs), entropies: entropies && kept(entropies) }
}

function oneHot(label: number, classes: number): Float32Array | null {
  if (label === -100) return null
  if (!(label >= 0 && label < classes)) {
    throw new EngineError(
      `accumulateClasses: class ${label} of a head with ${classes}; -100 means no label`,
    )
  }
  const target_C = new Float32Array(classes)
  target_C[label] = 1
  return target_C
}
