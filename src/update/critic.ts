import type { Critic } from '../method.ts'
import type { Engine } from '../types.ts'
import { type ValueOptions, value } from './value.ts'

/** A critic that learns, beside the policy, to expect the stream `returns` where it said `values`. */
export function critic(
  engine: Engine,
  { learningRate, ...options }: ValueOptions & { readonly learningRate: number },
): Critic<'returns' | 'values'> {
  return { engine, learningRate, values: 'values', returns: 'returns', loss: value(options) }
}
