import { requireCount } from './counts.ts'
import { type Candidate, grown, type Node, root, type Search } from './search.ts'
import { type Choice, chosen } from './vote.ts'

export interface SurestOptions {
  readonly n: number
  readonly choice?: Choice // default 'best'
}

/**
 * n answers; the one whose last step, where the answer stands, the policy gave the highest mean probability (after CRew,
 * arXiv:2510.13501, eq. 2), or the answer with the highest sum of them. No judge is asked.
 */
export function surest({ n, choice = 'best' }: SurestOptions): Search {
  requireCount('surest', 'n', n)
  return function* (from, seed) {
    const [all] = yield* grown([{ node: root(from), n, seed, until: 'end' }])
    return yield* chosen(all!.map(sureness), choice)
  }
}

/** Without a score where nothing was written. */
function sureness({ path, scores_S }: Node): Candidate {
  const last = path.steps.at(-1)
  if (last === undefined) return { path, scores_S, score: null }
  let sum = 0
  for (let t = last.start; t < last.end; t++) sum += Math.exp(path.logprobs_T[t]!)
  return { path, scores_S, score: sum / (last.end - last.start) }
}
