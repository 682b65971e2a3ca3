import { hashSeed } from '../numbers/random.ts'
import { isOver } from '../rollouts/extend.ts'
import { type BeamOptions, beamOf, judgedSteps, type Scored, scoredAs } from './beam.ts'
import { requireCount } from './counts.ts'
import { type Conversation, grown, judged, type Search, type Worth, worst } from './search.ts'

export interface EarlyRejectionOptions extends BeamOptions {
  readonly tokens?: number // of a step after which it is judged; default 64
}

/**
 * Beam search that judges a step after its first tokens, and finishes those alone that are kept (beam search with early rejection,
 * arXiv:2508.01969). A step that is shorter is judged whole; with endless tokens it is beam search.
 */
export function earlyRejection({ tokens = 64, ...options }: EarlyRejectionOptions): Search {
  if (tokens !== Number.POSITIVE_INFINITY) requireCount('early-rejection', 'tokens', tokens)
  const { worth = worst } = options
  const until = tokens === Number.POSITIVE_INFINITY ? ('step' as const) : { tokens }
  return beamOf('early-rejection', options, {
    grow: growths =>
      judgedSteps(
        growths.map(growth => ({ ...growth, until })),
        worth,
      ),
    complete: (kept, seed) => completed(kept, seed, worth),
  })
}

/** Steps that were cut after some tokens, to their ends, and judged again. */
function* completed(
  kept: readonly Scored[],
  seed: number,
  worth: Worth,
): Conversation<readonly Scored[]> {
  const within = kept.flatMap(({ node: { path } }, i) =>
    !isOver(path) && path.steps.at(-1)?.state === 'truncated' ? [i] : [],
  )
  const found = yield* grown(
    within.map(i => {
      return { node: kept[i]!.node, n: 1, seed: hashSeed(seed, i), until: 'step' as const }
    }),
  )
  const scored = scoredAs(yield* judged(found.flat()), worth)
  return kept.map((one, i) => (within.includes(i) ? scored[within.indexOf(i)]! : one))
}
