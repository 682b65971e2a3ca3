import { adamW, type Moments, norm, sgd } from '../adamw.ts'
import type { StepOptions, StepResult } from '../engine.ts'

/**
 * One step in place on values[from..), by the rule that the options name; none where the gradient is not finite. Plain descent
 * needs no moments.
 */
export function descend(
  values: Float32Array,
  gradient: Float32Array,
  moments: Moments | null,
  options: StepOptions,
  from: number,
): StepResult {
  const { betas = [0.9, 0.95], epsilon = 1e-8, weightDecay = 0, clipNorm = 1 } = options
  const gradNorm = norm(gradient.subarray(from))
  const applied = Number.isFinite(gradNorm)
  if (!applied) return { gradNorm, applied }
  const clips = clipNorm !== null && gradNorm > clipNorm
  const scale = clips ? clipNorm / (gradNorm + 1e-6) : 1 // as PyTorch clips
  const [beta1, beta2] = betas
  const rates = { learningRate: options.learningRate, beta1, beta2, epsilon, weightDecay }
  if (options.rule === 'sgd') sgd(values, gradient, rates, scale, from)
  else {
    moments!.steps++
    adamW(values, gradient, moments!, rates, scale, from)
  }
  return { gradNorm, applied }
}
