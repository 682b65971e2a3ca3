// The one shape of all searches. A search is a conversation: it yields what it wants to know, gets the answers, and returns
// candidates. It asks no model itself, so that many searches share one batch (run.ts) and a test can answer by hand; it is
// never told the problem, so that no answer can leak into it.

import type { Extension, Path } from '../rollouts/extend.ts'
import { closedSteps, isOver } from '../rollouts/extend.ts'

/** One score a step; null where none was had. */
export type StepScores = readonly (number | null)[]

/** Ways in which a path may go on. */
export type ExtendAsk = Extension & { readonly kind: 'extend' }

/** Scores of the steps of a path, behind those that are known. */
export interface ScoreAsk {
  readonly kind: 'score'
  readonly path: Path
  readonly known: StepScores // of its first steps
}

/** Which of these texts give equal answers. */
export interface SameAsk {
  readonly kind: 'same'
  readonly texts: readonly string[]
}

/** Words that nobody sampled, behind a path: it goes on from there. */
export interface SayAsk {
  readonly kind: 'say'
  readonly path: Path
  readonly words: string
}

export type Ask = ExtendAsk | ScoreAsk | SameAsk | SayAsk

/** What comes back for each kind of ask. */
export interface Replies {
  readonly extend: readonly Path[]
  readonly score: StepScores // of the steps behind those that are known
  readonly same: readonly (number | null)[] // equal numbers for equal answers; null for none
  readonly say: Path // paused behind the words; as it was where it was cut off
}
export type Reply = Replies[Ask['kind']]

/** A conversation that ends in a T: yields asks, and is given a reply for each, in order. */
export type Conversation<T> = Generator<readonly Ask[], T, readonly Reply[]>

/** A path in a search, with the scores of its first steps. */
export interface Node {
  readonly path: Path
  readonly scores_S: StepScores // of as many steps as are judged
  readonly parent: Node | null // what it was extended from
}

/** What a search found, and how much it thinks of it; null where it could not be judged. */
export interface Candidate {
  readonly path: Path
  readonly scores_S: StepScores
  readonly score: number | null
}

/** A way to look for an answer, from a path that may have begun. The seed decides everything. Best candidates first. */
export type Search = (from: Path, seed: number) => Conversation<readonly Candidate[]>

/** What a path is worth by the scores of its steps, of which there is at least one. */
export type Worth = (scores_S: readonly number[]) => number

/** The worst step. */
export const worst: Worth = scores => scores.reduce((a, b) => Math.min(a, b))

/** Asks for several things of one kind at once. */
export function* ask<K extends Ask['kind']>(
  asks: readonly Extract<Ask, { kind: K }>[],
): Conversation<readonly Replies[K][]> {
  // the one who replies does so in kind
  return asks.length === 0 ? [] : ((yield asks) as readonly Replies[K][])
}

/** A search's beginning. */
export function root(path: Path): Node {
  return { path, scores_S: [], parent: null }
}

/** What is asked of a node that goes on. */
export type Growth = Omit<Extension, 'from'> & { readonly node: Node }

/** The children of nodes, in order, with the scores that their parents had. */
export function* grown(growths: readonly Growth[]): Conversation<Node[][]> {
  const asks = growths.map(({ node, ...how }) => {
    return { kind: 'extend' as const, from: node.path, ...how }
  })
  const found = yield* ask<'extend'>(asks)
  return found.map((paths, i) => {
    const { node } = growths[i]!
    const scores_S = node.scores_S.slice(0, closedSteps(node.path)) // a step that was cut is judged anew
    return paths.map(path => ({ path, scores_S, parent: node }))
  })
}

/** The nodes to their ends; those that are over stay as they are. */
export function* finished(nodes: readonly Node[], seeds: readonly number[]): Conversation<Node[]> {
  const open = nodes.flatMap((node, i) => (isOver(node.path) ? [] : [i]))
  const ends = yield* grown(
    open.map(i => ({ node: nodes[i]!, n: 1, seed: seeds[i]!, until: 'end' as const })),
  )
  const out = [...nodes]
  open.forEach((i, j) => {
    out[i] = ends[j]![0]!
  })
  return out
}

/** The nodes with a score for each step, asked about steps alone that have none. */
export function* judged(nodes: readonly Node[]): Conversation<Node[]> {
  const open = nodes.filter(({ scores_S, path }) => scores_S.length < path.steps.length)
  const asks = open.map(({ path, scores_S }) => {
    return { kind: 'score' as const, path, known: scores_S }
  })
  const found = yield* ask<'score'>(asks)
  const fresh = new Map(open.map((node, i) => [node, found[i]!]))
  return nodes.map(node => {
    const scores = fresh.get(node)
    return scores === undefined ? node : { ...node, scores_S: [...node.scores_S, ...scores] }
  })
}

/** Equal for nodes of equal tokens. */
export function tokensOf({ path }: Node): string {
  return `${path.stop} ${path.ids.join()}`
}

/** A node as a candidate; one without steps, or with a step without a score, is worth nothing that is known. */
export function candidate({ path, scores_S }: Node, worth: Worth): Candidate {
  const known = scores_S.filter(score => score !== null)
  const whole = known.length > 0 && known.length === path.steps.length
  return { path, scores_S, score: whole ? worth(known) : null }
}

/** The best first; what has no score comes last, equals stay in order. */
export function ranked<C extends { readonly score: number | null }>(candidates: readonly C[]): C[] {
  const of = ({ score }: C): number => score ?? Number.NEGATIVE_INFINITY
  // a difference of two infinities is no number
  return [...candidates].sort((a, b) => (of(a) === of(b) ? 0 : of(b) - of(a)))
}

/** Several conversations at once: in each round the asks of all that go on are one. */
export function* together<T>(conversations: readonly Conversation<T>[]): Conversation<T[]> {
  const turns = conversations.map(one => one.next())
  for (;;) {
    if (turns.every(turn => turn.done)) return turns.map(turn => turn.value as T)
    const asks_C = turns.map(turn => (turn.done ? [] : turn.value))
    const replies = yield asks_C.flat()
    let from = 0
    asks_C.forEach((asks, c) => {
      if (turns[c]!.done) return
      turns[c] = conversations[c]!.next(replies.slice(from, from + asks.length))
      from += asks.length
    })
  }
}
