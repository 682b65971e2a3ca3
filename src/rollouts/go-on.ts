import { concat } from '../numbers/numeric.ts'
import type { Rollout } from '../types.ts'
import { extend, type Path, type Until } from './extend.ts'
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

/** What ends the reasoning of a cut rollout before it goes on, so that what follows is its answer. */
export interface Closing {
  readonly closing: string // such as `</think>`, or `\boxed{`; empty: none
  readonly tokens?: number // room of its own for what follows; default as much as a rollout has
  readonly temperature?: number // of what follows; default the sampler's
}

/** Lets cut rollouts go on to their ends, or to an answer at once. Throws ConfigError where an environment talks in them. */
export function goingOn(
  sampler: Sampler,
  { closing = '', ...answer }: Partial<Closing> = {},
): GoOn {
  requireNobodyTalks('what goes on from steps', sampler)
  const { engine, tokenizer } = sampler
  const { tokens = sampler.maxTokens, temperature = sampler.temperature ?? 1 } = answer
  const until: Until = closing === '' ? 'end' : { tokens, across: true }
  return async (cuts, signal) => {
    const closed = closing === '' ? new Int32Array(0) : tokenizer.encode(closing)
    const maxTokens = sampler.maxTokens + (closing === '' ? 0 : closed.length + tokens)
    const asking = closing === '' ? sampler : { ...sampler, maxTokens, temperature }
    const paths = cuts.map(cut => closedBy(pathOf(cut, sampler), closed, sampler))
    const isOpen = ({ promptIds, ids }: Path): boolean =>
      ids.length < Math.min(maxTokens, engine.info.maxPositions - promptIds.length)
    const asked = cuts.flatMap(({ n, seed }, i) =>
      isOpen(paths[i]!) ? [{ from: paths[i]!, n, seed, until }] : [],
    )
    const found = (await extend(asking, asked, signal)).values()
    return paths.map(path =>
      isOpen(path) ? (found.next().value as readonly Path[]).map(ended) : [ended(path)],
    )
  }
}

/** A path as it stands, over. */
function ended(path: Path): Rollout {
  return { ...path, stop: path.stop === 'paused' ? 'length' : path.stop }
}

/** A path, and a text behind it that nobody sampled. */
function closedBy(path: Path, closing: Int32Array, { tokenizer }: Sampler): Path {
  if (closing.length === 0) return path
  const unknown = (values_T: Float32Array): Float32Array => {
    const all_T = new Float32Array(values_T.length + closing.length).fill(Number.NaN)
    all_T.set(values_T)
    return all_T
  }
  const ids = concat(path.ids, closing)
  return {
    ...path,
    ids,
    logprobs_T: unknown(path.logprobs_T),
    sampledLogprobs_T: unknown(path.sampledLogprobs_T),
    text: tokenizer.pieces(ids).join(''),
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
