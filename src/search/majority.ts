import { requireCount } from './counts.ts'
import { candidate, grown, root, type Search, worst } from './search.ts'
import { chosen } from './vote.ts'

/** n answers; the most frequent one (self-consistency, arXiv:2203.11171, section 2). No judge is asked. */
export function majority({ n }: { readonly n: number }): Search {
  requireCount('majority', 'n', n)
  return function* (from, seed) {
    const [all] = yield* grown([{ node: root(from), n, seed, until: 'end' }])
    return yield* chosen(
      all!.map(node => candidate(node, worst)),
      'majority',
    )
  }
}
