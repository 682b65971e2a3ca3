import type { Group } from '../types.ts'

/** Every rollout of a group. */
export function all({ rollouts }: Group): number[] {
  return rollouts.map((_, g) => g)
}
