import { hashSeed } from '../numbers/random.ts'
import { isOver } from '../rollouts/extend.ts'
import { type Scored, scoredAs } from './beam.ts'
import { requireCount } from './counts.ts'
import {
  type Candidate,
  type Conversation,
  candidate,
  finished,
  type Growth,
  grown,
  judged,
  type Node,
  ranked,
  root,
  type Search,
  type Worth,
  worst,
} from './search.ts'
import { type Choice, chosen } from './vote.ts'

export interface DepthFirstOptions {
  readonly n: number // answers after which it stops
  readonly width: number // children of a node
  readonly prune?: number // share of them, the worst, that is given up; default 0.4
  readonly least?: number // once there is an answer, what is worth less is given up; default 0
  readonly maxSteps?: number // depth at which a path goes on to its end; default 20
  readonly worth?: Worth // default the worst step
  readonly choice?: Choice // among the answers; default 'best'
}

/** The ways in which a path goes on that may be followed, the best first. */
export type Ways = (growth: Growth) => Conversation<readonly Scored[]>

/**
 * Depth-first search over steps (tree of thoughts, arXiv:2305.10601, algorithm 2, in the form of arXiv:2502.07191): of the ways in
 * which a path goes on the best are followed to their ends, the best first, until there are n answers.
 */
export function depthFirst(options: DepthFirstOptions): Search {
  const { width, prune = 0.4, worth = worst } = options
  const kept = Math.max(1, Math.round(width * (1 - prune)))
  return depthFirstOf('depth-first', options, function* (growth) {
    const [ways] = yield* grown([growth])
    return ranked(scoredAs(yield* judged(ways!), worth)).slice(0, kept)
  })
}

/** A depth-first search of that name, by its own choice of ways. */
export function depthFirstOf(
  name: string,
  { n, width, least = 0, maxSteps = 20, worth = worst, choice = 'best' }: DepthFirstOptions,
  ways: Ways,
): Search {
  requireCount(name, 'n', n)
  requireCount(name, 'width', width)
  requireCount(name, 'maxSteps', maxSteps)
  return function* (from, seed) {
    const answers: Candidate[] = []
    function* visit(node: Node, depth: number, draw: number): Conversation<void> {
      if (isOver(node.path) || depth >= maxSteps) {
        const ended = yield* judged(yield* finished([node], [hashSeed(draw, 'end')]))
        answers.push(candidate(ended[0]!, worth))
        return
      }
      const found = yield* ways({ node, n: width, seed: draw, until: 'step' })
      for (const [i, { node: way, score }] of found.entries()) {
        if (answers.length >= n) return
        if (answers.length > 0 && (score ?? Number.NEGATIVE_INFINITY) < least) continue
        yield* visit(way, depth + 1, hashSeed(draw, 'way', i))
      }
    }
    yield* visit(root(from), 0, hashSeed(seed, 'depth first'))
    return yield* chosen(answers, choice)
  }
}
