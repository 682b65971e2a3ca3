import type { ScoreOptions, Scoring, TokenScores } from '../engine/engine.ts'
import type { Divergence, Scorer } from '../method.ts'
import { concat } from '../numbers/numeric.ts'
import type { Rollout } from '../types.ts'

/**
 * log p_policy - log p_reference of each token that the policy sampled, in nats at temperature 1: what a KL in the reward is
 * estimated from. The policy's share is what it said when it sampled. A coefficient of 0 asks nobody, and finds null.
 */
export function divergence(
  reference: () => Promise<Scoring>,
  coefficient: number,
): Scorer<Divergence> {
  return async (groups, signal) => {
    if (coefficient === 0)
      return groups.map(({ rollouts }) => ({ logRatios_G_T: rollouts.map(() => null) }))
    const rollouts = groups.flatMap(group => group.rollouts)
    const next = (await logprobsOf(await reference(), rollouts, signal)).values()
    return groups.map(group => ({
      logRatios_G_T: group.rollouts.map(({ logprobs_T, spans }) => {
        const reference_T = next.next().value!
        const ratios_T = new Float32Array(logprobs_T.length) // 0 where the policy did not choose
        for (const { start, end, role } of spans)
          for (let t = start; t < end && role === 'policy'; t++)
            ratios_T[t] = logprobs_T[t]! - reference_T[t]!
        return ratios_T
      }),
    }))
  }
}

/** Log-probability of each sampled token of some rollouts under a model. */
export async function logprobsOf(
  engine: Scoring,
  rollouts: readonly Rollout[],
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  const scores = await scoresOf(engine, rollouts, {}, signal)
  return scores.map(({ logprobs }) => logprobs)
}

/** What a model says of the tokens of some rollouts: arrays of T, of whose tokens the prompt has none. */
export async function scoresOf(
  engine: Scoring,
  rollouts: readonly Rollout[],
  options: ScoreOptions = {},
  signal?: AbortSignal,
): Promise<TokenScores[]> {
  const scores = await engine.score(
    rollouts.map(({ promptIds, ids }) => concat(promptIds, ids)),
    signal,
    options,
  )
  return scores.map(({ logprobs, entropies, meanLogprobs }, g) => {
    const from = rollouts[g]!.promptIds.length - 1
    return {
      logprobs: logprobs.subarray(from),
      entropies: entropies?.subarray(from) ?? null,
      ...(meanLogprobs && { meanLogprobs: meanLogprobs.subarray(from) }),
    }
  })
}
