import type { Baseline } from '../method.ts'
import { labelled } from './siblings.ts'

/** No baseline: A[t] = G[t]. */
export function none(): Baseline {
  const baseline: Baseline = (group, returns_G) =>
    labelled('none', group, returns_G).map((member, g) =>
      member === null
        ? new Float32Array(group.rollouts[g].ids.length)
        : member.returns_T.map((x, t) => (member.written_T[t] === 1 ? x : 0)),
    )
  const formula = {
    name: 'no baseline',
    formula: 'A[t] = G[t]',
    source: 'by definition',
  }
  return Object.assign(baseline, { formula })
}
none.trial = {}
