import type { Parts, Scorer } from '../method.ts'

/**
 * The soft overlong punishment (arXiv:2503.14476, eq. 13): 0 for an answer that leaves `share` of maxTokens free, then
 * falling evenly to -1 for one that takes all of them.
 */
export function softOverlong({
  maxTokens,
  share = 0.2,
}: {
  readonly maxTokens: number
  readonly share?: number
}): Scorer<Parts<'overlong'>> {
  if (!(share >= 0 && share <= 1))
    throw new RangeError(`softOverlong: the share must lie in [0, 1], got ${share}`)
  const buffer = share * maxTokens
  return async groups =>
    groups.map(({ rollouts }) => ({
      parts_G: {
        overlong: rollouts.map(({ ids }) => {
          const over = ids.length - (maxTokens - buffer)
          return over <= 0 ? 0 : -Math.min(1, over / buffer)
        }),
      },
    }))
}
