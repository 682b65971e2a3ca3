import type { Method } from '../method.ts'
import type { Group } from '../types.ts'
import { independent } from './independent.ts'
import type { Sampler } from './sampler.ts'

/** n rollouts of each problem, problem p at temperature p mod their number: so that one batch tells which of them does best. */
export function atTemperatures(
  sampler: Sampler,
  n: number,
  temperatures: readonly number[],
): Method['rollouts'] {
  const methods = temperatures.map(temperature => independent({ ...sampler, temperature }, n))
  return async (problems, seed, signal, arrived) => {
    const found = await Promise.all(
      methods.map((rollouts, k) => {
        const own = problems.filter((_, p) => p % methods.length === k)
        return own.length === 0 ? [] : rollouts(own, seed + k, signal, arrived)
      }),
    )
    const next = found.map(groups => groups.values())
    return problems.map((_, p) => next[p % methods.length]!.next().value as Group)
  }
}
