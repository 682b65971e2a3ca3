/** Running means of the gradient and of its square, and how many steps they have seen. */
export interface Moments {
  readonly mean: Float32Array
  readonly square: Float32Array
  steps: number
}

/** The moments before the first step. */
export function freshMoments(length: number): Moments {
  return { mean: new Float32Array(length), square: new Float32Array(length), steps: 0 }
}

export interface AdamWOptions {
  readonly learningRate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly weightDecay: number
}

/** Euclidean norm of a gradient; NaN or infinite where an entry is. */
export function norm(values: Float32Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!
  return Math.sqrt(sum)
}

/**
 * One AdamW step in place on values[from..to), the gradient multiplied by `scale` first (arXiv:1711.05101, algorithm 2;
 * decay decoupled, times the learning rate, as PyTorch has it). The caller has counted the step in moments.steps.
 */
export function adamW(
  values: Float32Array,
  gradient: Float32Array,
  { mean, square, steps }: Moments,
  { learningRate, beta1, beta2, epsilon, weightDecay }: AdamWOptions,
  scale: number,
  from = 0,
  to = values.length,
): void {
  const size = learningRate / (1 - beta1 ** steps)
  const correction = 1 / Math.sqrt(1 - beta2 ** steps)
  const keep = 1 - learningRate * weightDecay
  for (let i = from; i < to; i++) {
    const g = gradient[i]! * scale
    const m = beta1 * mean[i]! + (1 - beta1) * g
    const v = beta2 * square[i]! + (1 - beta2) * g * g
    mean[i] = m
    square[i] = v
    values[i] = values[i]! * keep - (size * m) / (Math.sqrt(v) * correction + epsilon)
  }
}

/** One step of plain gradient descent in place on values[from..to), the gradient multiplied by `scale` first; decay as adamW. */
export function sgd(
  values: Float32Array,
  gradient: Float32Array,
  { learningRate, weightDecay }: Pick<AdamWOptions, 'learningRate' | 'weightDecay'>,
  scale: number,
  from = 0,
  to = values.length,
): void {
  const keep = 1 - learningRate * weightDecay
  for (let i = from; i < to; i++)
    values[i] = values[i]! * keep - learningRate * scale * gradient[i]!
}
