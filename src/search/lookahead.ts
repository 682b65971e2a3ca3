import { isOver } from '../rollouts/extend.ts'
import { type BeamOptions, beamOf, newSteps, type Scored } from './beam.ts'
import { requireCount } from './counts.ts'
import {
  type Conversation,
  candidate,
  type Growth,
  grown,
  judged,
  type Node,
  type Search,
  type Worth,
  worst,
} from './search.ts'

export interface LookaheadOptions extends BeamOptions {
  readonly ahead?: number // steps; default 1
}

/**
 * Beam search in which a step is worth what a greedy rollout of up to `ahead` more steps is worth (arXiv:2408.03314, section
 * 5.2, "lookahead search"); with none it is beam search.
 */
export function lookahead({ ahead = 1, ...options }: LookaheadOptions): Search {
  if (ahead !== 0) requireCount('lookahead', 'ahead', ahead)
  const { worth = worst } = options
  return beamOf('lookahead', options, { grow: growths => seenAhead(growths, ahead, worth) })
}

function* seenAhead(
  growths: readonly Growth[],
  ahead: number,
  worth: Worth,
): Conversation<Scored[]> {
  const nodes = yield* newSteps(growths)
  let tips: readonly Node[] = nodes
  for (let step = 0; step < ahead; step++) tips = yield* oneGreedyStep(tips)
  const seen = yield* judged(tips)
  return nodes.map((node, i) => {
    const scores_S = seen[i]!.scores_S.slice(0, node.path.steps.length) // its own are among them
    return { node: { ...node, scores_S }, score: candidate(seen[i]!, worth).score }
  })
}

function* oneGreedyStep(tips: readonly Node[]): Conversation<Node[]> {
  const open = tips.filter(({ path }) => !isOver(path))
  const found = yield* grown(
    open.map(node => ({ node, n: 1, seed: 0, until: 'step' as const, greedy: true })),
  )
  const next = new Map(open.map((node, i) => [node, found[i]![0]!]))
  return tips.map(node => next.get(node) ?? node)
}
