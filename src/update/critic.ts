import type { Engine } from '../engine/engine.ts'
import type { Pupil } from '../method.ts'
import { type ValueOptions, value } from './value.ts'

/** A critic that learns, beside the policy, to expect the stream `returns` where it said `values`. */
export function critic(
  engine: Engine,
  { learningRate, ...options }: ValueOptions & { readonly learningRate: number },
): Pupil<'returns' | 'values'> {
  const loss = value(options)
  const lesson = { of: 'values', values: 'values', returns: 'returns', loss } as const
  return { name: 'critic', engine, learningRate, lesson }
}
