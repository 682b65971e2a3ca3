import type { Rollout } from '../types.ts'
import { extend, type Path } from './extend.ts'
import { requireNobodyTalks, type Sampler } from './sampler.ts'

/** Where a rollout is taken up again: behind so many of its steps. */
export interface Cut {
  readonly rollout: Rollout
  readonly steps: number
  readonly n: number // ways to its end
  readonly seed: number
}

/** Ways in which cut rollouts come to their ends, in order; what leaves no room to go on stands as it is. */
export type GoOn = (
  cuts: readonly Cut[],
  signal?: AbortSignal,
) => Promise<readonly (readonly Rollout[])[]>

/** Lets cut rollouts go on to their ends. Throws ConfigError where an environment talks in them. */
export function goingOn(sampler: Sampler): GoOn {
  requireNobodyTalks('what goes on from steps', sampler)
  const { engine, maxTokens } = sampler
  return async (cuts, signal) => {
    const paths = cuts.map(cut => pathOf(cut, sampler))
    const isOpen = ({ promptIds, ids }: Path): boolean =>
      ids.length < Math.min(maxTokens, engine.info.maxPositions - promptIds.length)
    const asked = cuts.flatMap(({ n, seed }, i) =>
      isOpen(paths[i]!) ? [{ from: paths[i]!, n, seed, until: 'end' as const }] : [],
    )
    const found = (await extend(sampler, asked, signal)).values()
    return paths.map(path => {
      if (!isOpen(path)) return [{ ...path, stop: 'length' as const }]
      return (found.next().value ?? []) as readonly Rollout[] // to their ends
    })
  }
}

/** A rollout up to a step, paused. */
function pathOf({ rollout, steps: count }: Cut, { tokenizer }: Sampler): Path {
  const steps = rollout.steps.slice(0, count)
  const end = steps.at(-1)?.end ?? 0
  const ids = rollout.ids.subarray(0, end)
  return {
    ...rollout,
    ids,
    logprobs_T: rollout.logprobs_T.subarray(0, end),
    sampledLogprobs_T: rollout.sampledLogprobs_T.subarray(0, end),
    stop: 'paused',
    text: tokenizer.pieces(ids).join(''),
    steps,
    branch: null,
  }
}
