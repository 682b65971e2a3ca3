import type { Rollout } from '../types.ts'

/**
 * 1 where the policy wrote the token, 0 where a tool or a hint did, and where it is the parent's of a branch: what the
 * rollouts of a tree share is learned once.
 */
export function written(rollout: Rollout): Uint8Array {
  const written_T = new Uint8Array(rollout.ids.length)
  for (const { start, end, role } of rollout.spans)
    if (role === 'policy') written_T.fill(1, start, end)
  if (rollout.branch !== null) written_T.fill(0, 0, rollout.branch.atToken)
  return written_T
}
