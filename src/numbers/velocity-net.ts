// A network of one hidden layer that tells in which direction noise flows to what is to be had, given what came before it.

import type { Random } from './random.ts'
import { normal } from './random.ts'

/** Its shape, its weights, and what Adam remembers of them. */
export interface VelocityNet {
  readonly width: number // of what flows
  readonly given: number // numbers of what came before it
  readonly hidden: number
  readonly weights: Float32Array // [hidden, width + given + 2], then [width, hidden + 1]; biases last
  readonly mean: Float32Array
  readonly square: Float32Array
  steps: number
}

/** What flows, what came before it, at which time in [0, 1], and the noise that it began as. */
export interface Flowing {
  readonly target: Float32Array
  readonly before: Float32Array
  readonly time: number
  readonly noise: Float32Array
}

export function velocityNet(
  { width, given, hidden }: Pick<VelocityNet, 'width' | 'given' | 'hidden'>,
  random: Random,
): VelocityNet {
  const inputs = width + given + 2
  const size = hidden * inputs + width * (hidden + 1)
  const weights = Float32Array.from({ length: size }, (_, i) =>
    i < hidden * inputs ? normal(random) / Math.sqrt(inputs) : 0,
  )
  const [mean, square] = [new Float32Array(size), new Float32Array(size)]
  return { width, given, hidden, weights, mean, square, steps: 0 }
}

/**
 * The mean over the width of (v - (target - noise))^2, v being the network's of time * target + (1 - time) * noise (arXiv:2210.02747,
 * eq. 23). Adds its gradient, times scale, where one is given.
 */
export function flowLoss(
  { width, given, hidden, weights }: VelocityNet,
  { target, before, time, noise }: Flowing,
  gradient?: Float32Array,
  scale = 1,
): number {
  const inputs = width + given + 2
  const x = new Float64Array(inputs)
  for (let i = 0; i < width; i++) x[i] = time * target[i]! + (1 - time) * noise[i]!
  x.set(before, width)
  x[inputs - 2] = time
  x[inputs - 1] = 1
  const layer = new Float64Array(hidden + 1).fill(1)
  for (let h = 0; h < hidden; h++) {
    let sum = 0
    for (let i = 0, at = h * inputs; i < inputs; i++, at++) sum += weights[at]! * x[i]!
    layer[h] = Math.tanh(sum)
  }
  const back = new Float64Array(hidden)
  let loss = 0
  for (let o = 0; o < width; o++) {
    const start = hidden * inputs + o * (hidden + 1)
    let sum = 0
    for (let h = 0; h <= hidden; h++) sum += weights[start + h]! * layer[h]!
    const error = sum - (target[o]! - noise[o]!)
    loss += error ** 2 / width
    if (gradient === undefined) continue
    const slope = (2 * error * scale) / width
    for (let h = 0; h <= hidden; h++) gradient[start + h]! += slope * layer[h]!
    for (let h = 0; h < hidden; h++) back[h]! += slope * weights[start + h]!
  }
  if (gradient !== undefined)
    for (let h = 0; h < hidden; h++) {
      const slope = back[h]! * (1 - layer[h]! ** 2)
      for (let i = 0, at = h * inputs; i < inputs; i++, at++) gradient[at]! += slope * x[i]!
    }
  return loss
}

/** One step of Adam down a gradient. */
export function flowStep(net: VelocityNet, gradient: Float32Array, rate: number): void {
  const { weights, mean, square } = net
  const [a, b, n] = [0.9, 0.999, ++net.steps]
  for (let i = 0; i < weights.length; i++) {
    mean[i] = a * mean[i]! + (1 - a) * gradient[i]!
    square[i] = b * square[i]! + (1 - b) * gradient[i]! ** 2
    weights[i]! -= (rate * mean[i]!) / (1 - a ** n) / (Math.sqrt(square[i]! / (1 - b ** n)) + 1e-8)
  }
}
