import type { Baseline } from '../method.ts'
import { labelled } from './siblings.ts'

/** No baseline: A[t] = G[t]. */
export function none(): Baseline {
  return (group, returns_G) =>
    labelled('none', group, returns_G).map((member, g) =>
      member === null
        ? new Float32Array(group.rollouts[g].ids.length)
        : member.returns_T.map((x, t) => (member.written_T[t] === 1 ? x : 0)),
    )
}
