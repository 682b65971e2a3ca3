import { ConfigError } from '../errors.ts'
import { hasFailed } from '../groups/talk.ts'
import type { Problem, RoleSpan, Rollout } from '../types.ts'
import { BoundedTalk } from './bounded-talk.ts'
import type { Sampler } from './sampler.ts'

/** What an environment replies to the last of some texts, told in turn where a rollout has left it; null where that state is not known. */
export type Probing = (
  problem: Problem,
  rollout: Rollout,
  texts: readonly string[],
  signal?: AbortSignal,
) => Promise<string | null>

/**
 * Asks environments behind the end of rollouts: each time a fresh one is told what the policy wrote, so that no probe sees what
 * another one did but those that are told before it. Where its replies are not those of the rollout, by chance of its own, the state is not known. It throws ConfigError
 * where there is no environment.
 */
export function probing({
  environment,
  tokenizer,
  stopIds,
}: Pick<Sampler, 'environment' | 'tokenizer' | 'stopIds'>): Probing {
  const written = ({ ids }: Rollout, { start, end }: RoleSpan): string => {
    const own = ids.subarray(start, end)
    const ends = stopIds.includes(own.at(-1)!) // is no text
    return tokenizer.pieces(ends ? own.subarray(0, -1) : own).join('')
  }
  /** Whether an environment, told what the policy wrote, replies as it did. */
  const brought = async (talk: BoundedTalk, rollout: Rollout): Promise<boolean> => {
    const { spans, stop, ids } = rollout
    for (const [i, span] of spans.entries()) {
      const untold = i === spans.length - 1 && stop === 'length'
      if (span.role !== 'policy' || untold) continue
      const reply = await talk.reply(written(rollout, span), text => tokenizer.encode(text))
      const next = spans[i + 1]
      const same =
        next?.role !== 'tool' ||
        ids.subarray(next.start, next.end).every((id, t) => id === reply?.[t])
      if (talk.failed !== null || !same) return false
    }
    return true
  }
  return async (problem, rollout, texts, signal) => {
    if (environment === undefined)
      throw new ConfigError('what rollouts have done is asked of an environment; name one')
    if (hasFailed(rollout)) return null
    const talk = new BoundedTalk(environment, problem, 0, signal)
    try {
      if (!(await brought(talk, rollout))) return null
      let reply: string | null = null
      for (const text of texts) reply = await talk.reply(text, said => said)
      return talk.failed === null ? (reply ?? '') : null
    } finally {
      await talk.close()
      signal?.throwIfAborted()
    }
  }
}
