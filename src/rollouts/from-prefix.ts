// Rollouts that begin as another one of their problem does, up to the end of one of its steps. The tokens of the beginning
// are kept as they are: a text can be spelled by other tokens than those that the policy wrote.

import type { Completion } from '../engine/engine.ts'
import { concat } from '../numbers/numeric.ts'
import type { Rollout, Step } from '../types.ts'
import { requireNobodyTalks, type Sampler } from './sampler.ts'
import { splitSteps } from './split-steps.ts'
import type { TextRollout } from './text-rollout.ts'

/** How a rollout begins: whole steps. */
export interface Prefix {
  readonly promptIds: Int32Array
  readonly ids: Int32Array // after the prompt
  readonly steps: readonly Step[] // cover ids without gaps
}

/** What is asked for: n rollouts that begin with a prefix; the seed decides them. */
export interface Continuation {
  readonly prefix: Prefix
  readonly n: number
  readonly seed: number
}

/** The first `count` steps of a rollout. Throws RangeError where it has fewer. */
export function prefixOf(rollout: TextRollout, count: number): Prefix {
  const { promptIds, ids, steps } = rollout
  if (!(count >= 0 && count <= steps.length))
    throw new RangeError(`prefixOf: ${count} steps of a rollout that has ${steps.length}`)
  const end = count === 0 ? 0 : steps[count - 1].end
  return { promptIds, ids: ids.subarray(0, end), steps: steps.slice(0, count) }
}

/**
 * Rollouts from prefixes, in order, sampled side by side. `maxTokens` of the sampler counts what comes after the prefix. A
 * rollout holds its prefix: as a span of hints, whose log-probabilities are NaN, since it was not sampled here.
 */
export async function fromPrefix(
  sampler: Sampler,
  asked: readonly Continuation[],
  signal?: AbortSignal,
): Promise<readonly (readonly Rollout[])[]> {
  requireNobodyTalks('fromPrefix', sampler)
  const { engine, stopIds, maxTokens, temperature = 1 } = sampler
  const requests = asked.map(({ prefix, n, seed }) => ({
    ids: concat(prefix.promptIds, prefix.ids),
    n,
    seed,
  }))
  const options = { maxTokens, temperature, stopIds, ...(signal ? { signal } : {}) }
  const completions = await engine.sample(requests, options)
  return completions.map((list, i) => list.map(one => continued(asked[i].prefix, one, sampler)))
}

function continued(
  prefix: Prefix,
  { ids, logprobs_T, sampledLogprobs_T, stop, stopString, version }: Completion,
  { tokenizer, boundary }: Sampler,
): Rollout {
  const [from, whole] = [prefix.ids.length, concat(prefix.ids, ids)]
  const pieces = tokenizer.pieces(whole)
  const hasStopToken = stop === 'stop' && stopString === null
  if (hasStopToken) pieces[pieces.length - 1] = ''
  // a beginning that was written may hold a blank line inside a step: its steps are those given
  const rest = splitSteps(pieces, stop, hasStopToken, boundary).filter(step => step.start >= from)
  return {
    promptIds: prefix.promptIds,
    ids: whole,
    logprobs_T: after(from, logprobs_T),
    sampledLogprobs_T: after(from, sampledLogprobs_T),
    stop,
    weightVersion: version,
    text: pieces.join(''),
    steps: [...prefix.steps, ...rest],
    spans: [
      { start: 0, end: from, role: 'hint' as const },
      { start: from, end: whole.length, role: 'policy' as const },
    ].filter(({ start, end }) => end > start),
    branch: null,
  }
}

function after(count: number, values_T: Float32Array): Float32Array {
  const out = new Float32Array(count + values_T.length).fill(Number.NaN)
  out.set(values_T, count)
  return out
}
