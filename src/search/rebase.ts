import { hashSeed } from '../numbers/random.ts'
import { isOver } from '../rollouts/extend.ts'
import { requireCount } from './counts.ts'
import { softmax } from './resample.ts'
import {
  candidate,
  grown,
  judged,
  type Node,
  root,
  type Search,
  type Worth,
  worst,
} from './search.ts'
import { type Choice, chosen } from './vote.ts'

export interface RebaseOptions {
  readonly n: number // answers
  readonly temperature?: number // of the softmax over scores; default 0.2
  readonly maxSteps?: number // after which all go on to their ends; default 20
  readonly worth?: Worth // default the worst step
  readonly choice?: Choice // default 'weighted', which the paper pairs it with
}

/**
 * Reward balanced search (arXiv:2408.00724, section 3.1.2): of a depth's paths that have not ended, path j goes on in
 * round(B softmax(R / temperature)_j) ways (eq. 1), where B is n less the answers that are there.
 */
export function rebase(options: RebaseOptions): Search {
  const { n, temperature = 0.2, maxSteps = 20, worth = worst, choice = 'weighted' } = options
  requireCount('rebase', 'n', n)
  requireCount('rebase', 'maxSteps', maxSteps)
  return function* (from, seed) {
    const answers: Node[] = []
    let widths: readonly (readonly [Node, number])[] = [[root(from), n]]
    for (let depth = 0; widths.length > 0; depth++) {
      const growths = widths.map(([node, ways], j) => {
        const until = depth < maxSteps ? ('step' as const) : ('end' as const)
        return { node, n: ways, seed: hashSeed(seed, 'rebase', depth, j), until }
      })
      const nodes = yield* judged((yield* grown(growths)).flat())
      answers.push(...nodes.filter(({ path }) => isOver(path)))
      const open = nodes.filter(({ path }) => !isOver(path))
      widths = balanced(open, n - answers.length, worth, temperature)
    }
    return yield* chosen(
      answers.map(node => candidate(node, worth)),
      choice,
    )
  }
}

/** The ways in which each path goes on, those with none left out; all to the best where each would be rounded to none. */
function balanced(
  open: readonly Node[],
  budget: number,
  worth: Worth,
  temperature: number,
): [Node, number][] {
  if (open.length === 0 || budget <= 0) return []
  const scores = open.map(node => candidate(node, worth).score ?? Number.NEGATIVE_INFINITY)
  const widths = expansionWidths(scores, budget, temperature)
  return open.flatMap((node, j): [Node, number][] => (widths[j]! > 0 ? [[node, widths[j]!]] : []))
}

/** round(budget * softmax(scores / temperature)), eq. 1; the budget to the first of the best where all are rounded to 0. */
export function expansionWidths(
  scores: readonly number[],
  budget: number,
  temperature: number,
): number[] {
  const best = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const known = best === Number.NEGATIVE_INFINITY ? scores.map(() => 0) : scores
  const widths = softmax(known, temperature).map(share => Math.round(budget * share))
  if (widths.some(width => width > 0)) return widths
  return scores.map((_, j) => (j === scores.indexOf(best) ? budget : 0))
}
