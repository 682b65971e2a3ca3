import { requireCount } from './counts.ts'
import { candidate, grown, judged, root, type Search, type Worth, worst } from './search.ts'
import { type Choice, chosen } from './vote.ts'

export interface BestOfNOptions {
  readonly n: number
  readonly worth?: Worth // default the worst step
  readonly choice?: Choice // default 'best'
}

/** n answers from the beginning to the end, each judged; the one with the highest score (arXiv:2110.14168, section 4). */
export function bestOfN({ n, worth = worst, choice = 'best' }: BestOfNOptions): Search {
  requireCount('best-of-n', 'n', n)
  return function* (from, seed) {
    const [all] = yield* grown([{ node: root(from), n, seed, until: 'end' }])
    const nodes = yield* judged(all!)
    const candidates = nodes.map(node => candidate(node, worth))
    return yield* chosen(candidates, choice)
  }
}
