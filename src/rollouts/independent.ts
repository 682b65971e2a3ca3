import type { Completion } from '../engine/engine.ts'
import type { Method } from '../method.ts'
import { hashSeed } from '../numbers/random.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import type { Group, Problem, Rollout } from '../types.ts'
import type { Boundary } from './boundary.ts'
import type { Sampler } from './sampler.ts'
import { splitSteps } from './split-steps.ts'
import { talking } from './talking.ts'

/** n rollouts of each problem, each from its prompt alone; the seed, the problem and the environment decide them. */
export function independent(sampler: Sampler, n: number): Method['rollouts'] {
  if (sampler.environment !== undefined) return talking(sampler, sampler.environment, n)
  return async (problems, seed, signal, arrived) => {
    const { engine, tokenizer, stopIds, maxTokens, temperature = 1, greedy = false } = sampler
    const { boundary } = sampler
    const prompts = problems.map(problem => tokenizer.encode(problem.prompt))
    const requests = prompts.map((ids, p) => ({ ids, n, seed: hashSeed(seed, 'rollouts', p) }))
    const groups_P: Group[] = []
    const groupOf = (p: number, completions: readonly Completion[]): Group => {
      const rollouts = completions.map(c => toRollout(c, prompts[p]!, tokenizer, boundary))
      groups_P[p] = { problem: problems[p] as Problem, rollouts }
      return groups_P[p]
    }
    const completions_P_G = await engine.sample(requests, {
      ...{ maxTokens, temperature, greedy, stopIds },
      arrived: (p, completions) => arrived?.(groupOf(p, completions)),
      ...(signal ? { signal } : {}),
    })
    return completions_P_G.map((completions, p) => groups_P[p] ?? groupOf(p, completions))
  }
}

/** A completion as a rollout: decoded, and cut into steps. */
export function toRollout(
  { ids, logprobs_T, sampledLogprobs_T, stop, stopString, version }: Completion,
  promptIds: Int32Array,
  tokenizer: Tokenizer,
  boundary?: Boundary,
): Rollout {
  const pieces = tokenizer.pieces(ids)
  const hasStopToken = stop === 'stop' && stopString === null
  if (hasStopToken) pieces[pieces.length - 1] = '' // the end token is no text; a stop string is
  return {
    promptIds,
    ids,
    logprobs_T,
    sampledLogprobs_T,
    stop,
    weightVersion: version,
    text: pieces.join(''),
    steps: splitSteps(pieces, stop, hasStopToken, boundary),
    spans: [{ start: 0, end: ids.length, role: 'policy' }],
    branch: null,
  }
}
