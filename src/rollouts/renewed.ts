import type { Engine } from '../engine/engine.ts'
import type { Method, Now } from '../method.ts'

export interface Renewing {
  readonly anchor: Pick<Engine, 'blend'> // what the policy is held to
  readonly policy: Pick<Engine, 'weights'>
  readonly every: number // iterations
}

/**
 * Rollouts as they are; before them, every so many iterations, the anchor becomes the policy as it is (the reset of the reference of
 * BroRL, arXiv:2510.01180, section 4, and ProRL).
 */
export function renewed(
  rollouts: Method['rollouts'],
  { anchor, policy, every }: Renewing,
  { iteration }: Pick<Now, 'iteration'>,
): Method['rollouts'] {
  if ((iteration - 1) % every !== 0) return rollouts
  return async (problems, seed, signal, arrived) => {
    await anchor.blend(await policy.weights(), 0)
    return rollouts(problems, seed, signal, arrived)
  }
}
