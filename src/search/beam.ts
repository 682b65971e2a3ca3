// Searches that go step by step with a beam of paths: what differs is how the candidates of a step are scored.

import { hashSeed } from '../numbers/random.ts'
import { isOver } from '../rollouts/extend.ts'
import { keptOf, requireCount } from './counts.ts'
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
  tokensOf,
  type Worth,
  worst,
} from './search.ts'
import { type Choice, chosen } from './vote.ts'

export interface BeamOptions {
  readonly n: number // candidates of a step
  readonly width: number // ways in which a kept path goes on; n / width are kept
  readonly maxSteps?: number // after which all go on to their ends; default 20
  readonly worth?: Worth // default the worst step
  readonly choice?: Choice // among what the beam holds in the end; default 'best'
}

/** A node, and the score by which it is kept. */
export interface Scored {
  readonly node: Node
  readonly score: number | null
}

/** How the candidates of a step come about, and what becomes of those that are kept. */
export interface BeamStep {
  grow(growths: readonly Growth[]): Conversation<readonly Scored[]>
  complete?(kept: readonly Scored[], seed: number): Conversation<readonly Scored[]>
}

/**
 * Beam search over steps (arXiv:2408.03314, section 5.2): n first steps; of all candidates the best n / width are kept, and
 * each goes on in `width` ways. One that has ended keeps its place in the beam until better ones come; candidates of equal
 * tokens count once.
 */
export function beam(options: BeamOptions): Search {
  const { worth = worst } = options
  return beamOf('beam', options, { grow: growths => judgedSteps(growths, worth) })
}

/** Candidates of a step, each with its own score. */
export function* judgedSteps(growths: readonly Growth[], worth: Worth): Conversation<Scored[]> {
  const nodes = yield* judged(yield* newSteps(growths))
  return scoredAs(nodes, worth)
}

/** What nodes grow into, equal ones once. */
export function* newSteps(growths: readonly Growth[]): Conversation<Node[]> {
  const all = new Map<string, Node>()
  for (const node of (yield* grown(growths)).flat())
    if (!all.has(tokensOf(node))) all.set(tokensOf(node), node)
  return [...all.values()]
}

/** Nodes with what they are worth. */
export function scoredAs(nodes: readonly Node[], worth: Worth): Scored[] {
  return nodes.map(node => ({ node, score: candidate(node, worth).score }))
}

/** A beam search of that name, by its own way to score the candidates of a step. */
export function beamOf(
  name: string,
  { n, width, maxSteps = 20, worth = worst, choice = 'best' }: BeamOptions,
  { grow, complete }: BeamStep,
): Search {
  const keep = keptOf(name, n, width)
  requireCount(name, 'maxSteps', maxSteps)
  return function* (from, seed) {
    let held: readonly Scored[] = [{ node: root(from), score: null }]
    for (let depth = 0; depth < maxSteps; depth++) {
      const open = held.filter(({ node }) => !isOver(node.path))
      if (open.length === 0) break
      const growths = open.map(({ node }, b): Growth => {
        const ways = depth === 0 ? n : width
        return { node, n: ways, seed: hashSeed(seed, 'beam', depth, b), until: 'step' }
      })
      const ended = held.filter(({ node }) => isOver(node.path))
      const best = ranked([...ended, ...(yield* grow(growths))]).slice(0, keep)
      held = complete ? yield* complete(best, hashSeed(seed, 'complete', depth)) : best
    }
    return yield* chosen(yield* ends(held, worth, seed), choice)
  }
}

function* ends(
  held: readonly Scored[],
  worth: Worth,
  seed: number,
): Conversation<readonly Candidate[]> {
  const seeds = held.map((_, b) => hashSeed(seed, 'end', b))
  const nodes = yield* finished(
    held.map(({ node }) => node),
    seeds,
  )
  return (yield* judged(nodes)).map(node => candidate(node, worth))
}
