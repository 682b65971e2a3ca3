import type { Engine } from '../engine/engine.ts'
import { EngineError } from '../errors.ts'
import type { Scorer, Shown, TokenValues } from '../method.ts'
import { concat } from '../numbers/numeric.ts'
import type { Rollout } from '../types.ts'

/**
 * What a critic expects before each sampled token, in units of reward: the one output of a token classifier at the token
 * before it (arXiv:1707.06347). It reads what is `shown` in the place of prompts. Throws EngineError for a head with another number of outputs.
 */
export function values(critic: Engine, shown?: Shown): Scorer<TokenValues> {
  const { classes } = critic.info
  if (classes !== 1) throw new EngineError(`a critic has 1 output; this model has ${classes}`)
  return async (groups, signal) => {
    const all = await valuesOf(
      critic,
      groups.flatMap(({ problem, rollouts }) =>
        rollouts.map(one => (shown ? { ...one, promptIds: shown(problem, one) } : one)),
      ),
      signal,
    )
    const next = all.values()
    return groups.map(({ rollouts }) => ({
      values_G_T: rollouts.map(() => next.next().value!),
    }))
  }
}

/** The values of some rollouts, one a sampled token. */
export async function valuesOf(
  critic: Engine,
  rollouts: readonly Rollout[],
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  const logits = await critic.classify(
    rollouts.map(({ promptIds, ids }) => concat(promptIds, ids)),
    signal,
  )
  return rollouts.map(({ promptIds }, i) => logits[i]!.slice(promptIds.length - 1, -1))
}
