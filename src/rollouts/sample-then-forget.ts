// Half of a group is sampled by a copy of the policy that has just been made to forget the other half.

import type { Engine, WeightedSequence } from '../engine/engine.ts'
import { written } from '../groups/written.ts'
import type { Method, Rewarded } from '../method.ts'
import { concat, mean } from '../numbers/numeric.ts'
import { hashSeed } from '../numbers/random.ts'
import type { Rollout } from '../types.ts'
import { independent } from './independent.ts'
import type { Sampler } from './sampler.ts'

export interface Forgetting {
  readonly policy: Pick<Engine, 'weights'>
  readonly copy: Engine // of the policy's shape: what forgets
  readonly forgets: boolean // false: all are sampled by the policy
  readonly rate: number // of the one step of plain gradient descent
  readonly most: number // in (0, 1): the probability from which on a token is left as it is
}

/**
 * Groups of n: the first half by the policy, the others by a copy of it after one step down the mean, over those rollouts and their
 * tokens, of -log(1 - p), which makes what was sampled surely less likely (EEPO, arXiv:2510.05837, section 3). Log-probabilities are
 * those of the model that sampled.
 */
export function sampleThenForget(sampler: Sampler, n: number, how: Forgetting): Method['rollouts'] {
  if (!how.forgets) return independent(sampler, n)
  const { policy, copy, rate, most } = how
  return async (problems, seed, signal) => {
    const kept = Math.ceil(n / 2)
    const first_P = await independent(sampler, kept)(problems, seed, signal)
    await copy.blend(await policy.weights(), 0)
    await copy.accumulate(
      complement(
        first_P.flatMap(group => group.rollouts),
        most,
      ),
      signal,
    )
    await copy.step({ rule: 'sgd', learningRate: rate })
    const other = independent({ ...sampler, engine: copy }, n - kept)
    const more_P = await other(problems, hashSeed(seed, 'after forgetting'), signal)
    return first_P.map((group, p) => {
      const { weightVersion } = group.rollouts[0]!
      const more = more_P[p]!.rollouts.map(one => ({
        ...one,
        ...{ weightVersion, origin: 'other' as const },
      }))
      return { ...group, rollouts: [...group.rollouts, ...more] }
    })
  }
}

/** What to accumulate for the slope of the mean of -log(1 - p); tokens of at least `most` have none. */
export function complement(rollouts: readonly Rollout[], most: number): WeightedSequence[] {
  return rollouts.map(rollout => {
    const { promptIds, ids, logprobs_T } = rollout
    const written_T = written(rollout)
    const own = written_T.reduce((sum, x) => sum + x, 0)
    const weights = new Float32Array(promptIds.length - 1 + ids.length)
    for (let t = 0; t < ids.length; t++) {
      const p = Math.exp(logprobs_T[t]!)
      if (written_T[t] === 1 && p < most)
        weights[promptIds.length - 1 + t] = -p / (1 - p) / own / rollouts.length
    }
    return { ids: concat(promptIds, ids), weights }
  })
}

/** How unsure the policy was of late, in nats a token: the newest last, of as many iterations as count. */
export function latelyUnsure(before: readonly number[], counted: number) {
  return ({ groups_P }: Rewarded<object>): readonly number[] => {
    const rollouts = groups_P.flatMap(group => group.rollouts)
    const own = rollouts.filter(({ origin }) => origin === undefined)
    const means = own.map(({ logprobs_T }) => -mean(logprobs_T)).filter(Number.isFinite)
    return means.length === 0 ? before : [...before, mean(means)].slice(-counted)
  }
}
