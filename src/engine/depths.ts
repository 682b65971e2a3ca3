import { EngineError } from '../errors.ts'

/** The layer, 1 being the first, behind which a share of them lies: the nearest one. Throws EngineError for a share that is none. */
export function layerAt(depth: number, layers: number): number {
  if (!(depth > 0 && depth <= 1))
    throw new EngineError(
      `hidden: depth ${depth}, expected a share of the layers, above 0 and up to 1`,
    )
  return Math.max(1, Math.round(depth * layers))
}
