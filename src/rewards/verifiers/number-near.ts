import { grade } from '../grade/grade.ts'
import { policies } from '../grade/policy.ts'
import { type Verifier, verdictOf } from './verifier.ts'

export interface NumberNearOptions {
  /** How far the prediction may lie from the known number. Default 0. */
  readonly absolute?: number
  /** The same as a share of the known number. Default 1e-4. */
  readonly relative?: number
}

/** Judges numbers within a tolerance: the answer of a text is found wherever people write one. */
export function numberNear({ absolute = 0, relative = 1e-4 }: NumberNearOptions = {}): Verifier {
  for (const bound of [absolute, relative]) {
    if (!(bound >= 0 && bound < Infinity))
      throw new RangeError(`numberNear: a tolerance is a number from 0 up, got ${bound}`)
  }
  const policy = { ...policies.eval, tolerance: { absolute, relative } }
  return request => verdictOf(grade(request, policy))
}
