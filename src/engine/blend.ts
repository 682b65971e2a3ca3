import { EngineError } from '../errors.ts'

/** values = share * values + (1 - share) * other, in place. Throws EngineError for other weights, or a share outside 0 to 1. */
export function blendInto(values: Float32Array, other: Float32Array, share: number): void {
  if (other.length !== values.length)
    throw new EngineError(
      `blend: ${other.length} weights; this model learns ${values.length}, expected those of one of its shape`,
    )
  if (!(share >= 0 && share <= 1))
    throw new EngineError(`blend: a share of ${share}; expected a number from 0 to 1`)
  for (let i = 0; i < values.length; i++)
    values[i] = share === 0 ? other[i]! : share * values[i]! + (1 - share) * other[i]!
}
