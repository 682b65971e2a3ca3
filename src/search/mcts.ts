import { hashSeed } from '../numbers/random.ts'
import { isOver } from '../rollouts/extend.ts'
import { requireCount } from './counts.ts'
import {
  type Candidate,
  type Conversation,
  candidate,
  finished,
  grown,
  judged,
  type Node,
  root,
  type Search,
  type Worth,
  worst,
} from './search.ts'
import { type Choice, chosen } from './vote.ts'

export interface MctsOptions {
  readonly n: number // simulations
  readonly width: number // children of a node
  readonly exploration?: number // c_init; default 1.25
  readonly maxSteps?: number // depth at which a node is not extended; default 20
  readonly worth?: Worth // default the worst step
  readonly choice?: Choice // among the answers that were found; default 'best'
}

/** A node of the tree: what was seen below it. */
interface Tree {
  readonly node: Node
  readonly score: number // lowest of all where it could not be judged
  readonly depth: number
  readonly children: Tree[]
  visits: number
  sum: number // of the scores of its visits
}

const base = 19652 // c_base of AlphaZero

/**
 * Monte-Carlo tree search over steps: each simulation goes down to a leaf by the largest Q + U, where U = (c + ln((N + b + 1) /
 * b)) sqrt(N) / (1 + n) (the form of arXiv:2502.07191), extends it in `width` ways, and tells the nodes above what the judge
 * gives the best of them. Whatever ended is an answer; where nothing has, the most visited way goes on to its end.
 */
export function mcts(options: MctsOptions): Search {
  const { n, width, worth = worst, choice = 'best', exploration = 1.25, maxSteps = 20 } = options
  requireCount('mcts', 'n', n)
  requireCount('mcts', 'width', width)
  requireCount('mcts', 'maxSteps', maxSteps)
  return function* (from, seed) {
    const top = treeOf(root(from), 0, worth)
    const answers: Node[] = []
    for (let round = 0; round < n; round++) {
      const way = descent(top, exploration)
      const leaf = way.at(-1)!
      if (!isOver(leaf.node.path) && leaf.depth < maxSteps) {
        const draw = hashSeed(seed, 'simulation', round)
        const found = yield* children(leaf, width, draw, worth)
        answers.push(...found.filter(({ node }) => isOver(node.path)).map(({ node }) => node))
        leaf.children.push(...found)
        way.push(largest(found, child => child.score))
      }
      for (const one of way) {
        one.visits++
        one.sum += way.at(-1)!.score
      }
    }
    const candidates = yield* answersOf(top, answers, worth, seed)
    return yield* chosen(candidates, choice)
  }
}

function treeOf(node: Node, depth: number, worth: Worth): Tree {
  const score = candidate(node, worth).score ?? unjudged
  return { node, score, depth, children: [], visits: 0, sum: 0 }
}

const unjudged = -1e6 // below every score, and finite: sums of it are compared

function* children(leaf: Tree, n: number, seed: number, worth: Worth): Conversation<Tree[]> {
  const [found] = yield* grown([{ node: leaf.node, n, seed, until: 'step' }])
  return (yield* judged(found!)).map(node => treeOf(node, leaf.depth + 1, worth))
}

/** From the top to a node without children, by the largest Q + U. */
function descent(top: Tree, exploration: number): Tree[] {
  const way = [top]
  for (let at = top; at.children.length > 0; way.push(at)) {
    const { visits } = at
    const c = exploration + Math.log((visits + base + 1) / base)
    at = largest(at.children, child => {
      const value = child.visits > 0 ? child.sum / child.visits : child.score
      return value + (c * Math.sqrt(visits)) / (1 + child.visits)
    })
  }
  return way
}

function* answersOf(
  top: Tree,
  answers: readonly Node[],
  worth: Worth,
  seed: number,
): Conversation<Candidate[]> {
  let nodes = answers
  if (answers.length === 0) {
    let at = top
    while (at.children.length > 0) at = largest(at.children, child => child.visits)
    nodes = yield* judged(yield* finished([at.node], [hashSeed(seed, 'end')]))
  }
  return nodes.map(node => candidate(node, worth))
}

function largest<T>(items: readonly T[], of: (item: T) => number): T {
  return items.reduce((a, b) => (of(b) > of(a) ? b : a))
}
