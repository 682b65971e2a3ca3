import type { ModelConfig } from '../hf/config.ts'
import type { Fed } from './session.ts'

/** Cosines and sines of every position's angles, [maxPositions, headDim / 2] each. */
export interface RotaryAngles {
  readonly cos: Fed
  readonly sin: Fed
}

/** angle[p][i] = p / theta^(2 i / headDim) (arXiv:2104.09864). */
export function rotaryAngles({ maxPositions, headDim, ropeTheta }: ModelConfig): RotaryAngles {
  const half = headDim / 2
  const cos = new Float32Array(maxPositions * half)
  const sin = new Float32Array(maxPositions * half)
  for (let p = 0; p < maxPositions; p++) {
    for (let i = 0; i < half; i++) {
      // float32 first, as the reference computes it
      const frequency = Math.fround(1 / Math.fround(ropeTheta ** ((2 * i) / headDim)))
      const angle = Math.fround(p * frequency)
      cos[p * half + i] = Math.cos(angle)
      sin[p * half + i] = Math.sin(angle)
    }
  }
  const shape = [maxPositions, half]
  return { cos: { data: cos, shape }, sin: { data: sin, shape } }
}

/** Added to a score that must not count: finite, so that a row of nothing else still has a softmax. */
export const masked = -1e9

/** 0 where a query may look and `masked` where it may not, [repeats * length, length]: the causal mask, repeated. */
export function causalMask(length: number, repeats: number): Fed {
  const data = new Float32Array(repeats * length * length)
  for (let r = 0; r < repeats; r++) {
    for (let i = 0; i < length; i++) {
      const row = (r * length + i) * length
      data.fill(masked, row + i + 1, row + length)
    }
  }
  return { data, shape: [repeats * length, length] }
}
