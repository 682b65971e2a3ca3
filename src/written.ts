import type { Rollout } from './types.ts'

/** 1 where the policy wrote the token, 0 where a tool or a hint did. */
export function written(rollout: Rollout): Uint8Array {
  const written_T = new Uint8Array(rollout.ids.length)
  for (const { start, end, role } of rollout.spans)
    if (role === 'policy') written_T.fill(1, start, end)
  return written_T
}
