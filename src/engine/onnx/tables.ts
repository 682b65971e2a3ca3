import type { ModelConfig, Rope } from '../hf/config.ts'
import type { Fed } from './session.ts'

/** Cosines and sines of the first positions' angles, [positions, headDim / 2] each. */
export interface RotaryAngles {
  readonly cos: Fed
  readonly sin: Fed
}

/** angle[p][i] = p * frequency[i] (arXiv:2104.09864), with float32 products as PyTorch has them. */
export function rotaryAngles({ headDim, rope }: ModelConfig, positions: number): RotaryAngles {
  const half = headDim / 2
  const frequencies = rotaryFrequencies(rope, headDim)
  const scale = rope.kind === 'yarn' ? rope.attentionFactor : 1
  const cos = new Float32Array(positions * half)
  const sin = new Float32Array(positions * half)
  for (let p = 0; p < positions; p++) {
    for (let i = 0; i < half; i++) {
      const angle = Math.fround(p * frequencies[i]!)
      cos[p * half + i] = scale * Math.cos(angle)
      sin[p * half + i] = scale * Math.sin(angle)
    }
  }
  const shape = [positions, half]
  return { cos: { data: cos, shape }, sin: { data: sin, shape } }
}

/** The angles of as many positions as are asked for, or more: few runs see all positions that a model has. */
export function growingAngles(config: ModelConfig): (positions: number) => RotaryAngles {
  let size = 0
  let angles: RotaryAngles
  return positions => {
    if (positions > size) {
      const ahead = Math.max(256, 2 ** Math.ceil(Math.log2(positions)))
      size = Math.max(positions, Math.min(config.maxPositions, ahead))
      angles = rotaryAngles(config, size)
    }
    return angles
  }
}

/**
 * Radians a position, one for each of headDim / 2 pairs: theta^(-2 i / headDim), slowed down as `rope` says. Rounded to
 * float32 at the steps where transformers rounds.
 */
export function rotaryFrequencies(rope: Rope, headDim: number): Float32Array {
  const yarn = rope.kind === 'yarn' ? yarnShares(rope, headDim) : null
  return Float32Array.from({ length: headDim / 2 }, (_, i) => {
    const own = Math.fround(1 / Math.fround(rope.theta ** ((2 * i) / headDim)))
    if (rope.kind === 'linear') return own / rope.factor
    if (rope.kind === 'yarn') return mixed(own, own / rope.factor, yarn![i]!)
    return rope.kind === 'llama3' ? llama3Frequency(own, rope) : own
  })
}

/** How much of each frequency is divided: none up to the pair with betaFast turns, all from the one with betaSlow on. */
function yarnShares(rope: Extract<Rope, { readonly kind: 'yarn' }>, headDim: number): number[] {
  const { theta, originalPositions, truncate } = rope
  const pairWith = (turns: number): number =>
    (headDim * Math.log(originalPositions / (turns * 2 * Math.PI))) / (2 * Math.log(theta))
  const [fast, slow] = [pairWith(rope.betaFast), pairWith(rope.betaSlow)]
  const low = Math.max(truncate ? Math.floor(fast) : fast, 0)
  const high = Math.min(truncate ? Math.ceil(slow) : slow, headDim - 1)
  const width = high === low ? 0.001 : high - low
  return Array.from({ length: headDim / 2 }, (_, i) =>
    Math.min(1, Math.max(0, Math.fround((i - low) / width))),
  )
}

function mixed(kept: number, divided: number, share: number): number {
  return Math.fround(divided * share) + Math.fround(kept * Math.fround(1 - share))
}

/** By turns in the original context: at most `low` of them, divided; at least `high`, kept; between, both mixed. */
function llama3Frequency(own: number, rope: Extract<Rope, { readonly kind: 'llama3' }>): number {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions } = rope
  const turns = (originalPositions * own) / (2 * Math.PI)
  if (turns < low) return own / factor
  if (turns > high) return own
  const kept = (turns - low) / (high - low)
  return ((1 - kept) * own) / factor + kept * own
}

/** Added to a score that must not count: finite, so that a row of nothing else still has a softmax. */
export const masked = -1e9

/**
 * 0 where a query may look and `masked` where it may not, [repeats * length, length]: at itself and the window - 1 tokens
 * before it, repeated.
 */
export function causalMask(length: number, repeats: number, window = length): Fed {
  const data = new Float32Array(repeats * length * length)
  for (let r = 0; r < repeats; r++) {
    for (let i = 0; i < length; i++) {
      const row = (r * length + i) * length
      data.fill(masked, row + i + 1, row + length)
      data.fill(masked, row, row + Math.max(0, i + 1 - window))
    }
  }
  return { data, shape: [repeats * length, length] }
}
