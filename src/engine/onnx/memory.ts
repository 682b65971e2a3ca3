// How much memory a model's work takes, from its shape alone: what a rectangle is cut to, and what a run is refused by.

import type { ModelConfig } from '../hf/config.ts'

/** Whether the inner values of layers are kept for the gradient, or computed again. */
export interface Reading {
  readonly recompute: boolean
}

const inHand = 3 // layers whose values and gradients are there at once

/** Bytes of the values that a gradient needs of each token, in rows of `length` tokens; measured within a fifth. */
export function bytesPerToken(
  { hiddenSize, intermediateSize, layers, heads }: ModelConfig,
  length: number,
  { recompute }: Reading,
): number {
  const layer = 7 * hiddenSize + 5 * intermediateSize + heads * length
  const kept = recompute ? layers * hiddenSize : layers * layer
  return 4 * (kept + inHand * layer)
}
