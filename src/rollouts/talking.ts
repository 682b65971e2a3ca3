// Rollouts in an environment: the policy writes until it waits, all environments reply side by side, and whatever goes on is
// sampled together again.

import type { Completion } from '../engine/engine.ts'
import type { Method } from '../method.ts'
import { hashSeed } from '../numbers/random.ts'
import type { Group } from '../types.ts'
import { BoundedTalk } from './bounded-talk.ts'
import type { Environment } from './environment.ts'
import { Episode } from './episode.ts'
import type { Sampler } from './sampler.ts'

/**
 * n rollouts of each problem, each in an environment of its own; `maxTokens` of the sampler counts what both write. Where
 * nobody is talked to, they are those of independent().
 */
export function talking(sampler: Sampler, environment: Environment, n: number): Method['rollouts'] {
  return async (problems, seed, signal, arrived) => {
    const { engine, tokenizer, maxTokens } = sampler
    const waits = environment.stops.length > 0
    if (waits) await engine.spell(tokenizer.tokenBytes())
    const prompts = problems.map(({ prompt }) => tokenizer.encode(prompt))
    const episodes_P = problems.map((problem, p) => {
      const promptIds = prompts[p]!
      const room = Math.min(maxTokens, engine.info.maxPositions - promptIds.length)
      const setting = {
        promptIds,
        tokenizer,
        boundary: sampler.boundary,
        room,
        longest: maxTokens,
        waits,
      }
      return Array.from({ length: n }, (_, g) => {
        const own = hashSeed(seed, 'environment', p, g)
        return new Episode(new BoundedTalk(environment, problem, own, signal), setting)
      })
    })
    try {
      const first = problems.map((_, p) => ({
        ids: prompts[p]!,
        n,
        seed: hashSeed(seed, 'rollouts', p),
      }))
      const begun = await sampled(sampler, environment, first, maxTokens, signal)
      await hear(episodes_P.flat(), begun.flat(), signal)
      for (let turn = 1; ; turn++) {
        const live = episodes_P.flatMap((episodes, p) =>
          episodes.flatMap((episode, g) => (episode.over === null ? [{ episode, p, g }] : [])),
        )
        if (live.length === 0) break
        const requests = live.map(({ episode: { ids, left }, p, g }) => {
          return { ids, n: 1, maxTokens: left, seed: hashSeed(seed, 'rollouts', p, g, turn) }
        })
        const most = Math.max(...live.map(({ episode }) => episode.left))
        const lists = await sampled(sampler, environment, requests, most, signal)
        const going = live.map(({ episode }) => episode)
        await hear(going, lists.flat(), signal)
      }
    } finally {
      await Promise.all(episodes_P.flat().map(({ talk }) => talk.close()))
    }
    return problems.map((problem, p): Group => {
      const group = { problem, rollouts: episodes_P[p]!.map(episode => episode.rollout()) }
      arrived?.(group)
      return group
    })
  }
}

function sampled(
  { engine, stopIds, temperature = 1, greedy = false }: Sampler,
  { stops }: Environment,
  requests: Parameters<Sampler['engine']['sample']>[0],
  maxTokens: number,
  signal: AbortSignal | undefined,
): Promise<readonly (readonly Completion[])[]> {
  return engine.sample(requests, {
    ...{ maxTokens, temperature, greedy, stopIds, keep: true },
    ...(stops.length > 0 && { stopStrings: stops }),
    ...(signal && { signal }),
  })
}

/** What environments say to what was written, side by side. */
async function hear(
  episodes: readonly Episode[],
  written: readonly Completion[],
  signal: AbortSignal | undefined,
): Promise<void> {
  await Promise.all(episodes.map((one, i) => one.add(written[i]!)))
  signal?.throwIfAborted()
}
