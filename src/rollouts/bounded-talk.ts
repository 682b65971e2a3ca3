// A talk that is asked with bounds: what an environment gives too late, not at all, or out of shape ends its rollout alone.

import { within } from '../http/deadline.ts'
import type { Problem } from '../types.ts'
import type { Environment, Given, Score, Talk } from './environment.ts'

const longestReply = 65_536 // characters
const usualMs = 30_000

/** The environment of one rollout. */
export class BoundedTalk {
  failed: string | null = null // the first thing that went wrong
  private readonly environment: Environment
  private readonly outer: AbortSignal | undefined
  private readonly talk: Promise<Talk | null>

  constructor(environment: Environment, problem: Problem, seed: number, signal?: AbortSignal) {
    this.environment = environment
    this.outer = signal
    this.talk = this.asked('open', async signal => {
      const talk = await environment.open(problem, seed, signal)
      if (typeof talk?.reply === 'function') return talk
      throw new TypeError(`gave ${shown(talk)}, expected an object with a function reply`)
    })
  }

  /** What `read` makes of a reply; null where the rollout is over, or has failed. */
  async reply<T>(text: string, read: (reply: string) => T): Promise<T | null> {
    const talk = await this.talk
    if (talk === null) return null
    return this.asked('reply', async signal => {
      const reply: unknown = await talk.reply(text, signal)
      if (reply === null) return null
      if (typeof reply !== 'string')
        throw new TypeError(`gave ${shown(reply)}, expected a text or null`)
      if (reply.length > longestReply)
        throw new RangeError(`gave ${reply.length} characters, at most ${longestReply} are taken`)
      return read(reply)
    })
  }

  async score(): Promise<Score> {
    const talk = await this.talk
    if (this.failed !== null || talk?.score === undefined) return {}
    const ask = async (signal: AbortSignal) => checkedScore(await talk.score!(signal))
    return (await this.asked('score', ask)) ?? {}
  }

  /** Lets go of it; what goes wrong then changes nothing of the rollout. */
  async close(): Promise<void> {
    const talk = await this.talk
    const { failed } = this
    await this.asked('close', async signal => await talk?.close?.(signal))
    this.failed = failed
  }

  /** What the environment gives within its time; null where it fails, which is kept. */
  private async asked<T>(
    what: string,
    ask: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | null> {
    const { name, timeoutMs = usualMs } = this.environment
    try {
      return await within(timeoutMs, this.outer, signal => orAbort(ask(signal), signal))
    } catch (error) {
      if (this.outer?.aborted) return null // whoever waits for the rollouts is told
      const why = error instanceof Error ? error.message : `threw ${shown(error)}`
      this.failed ??= `${name}: ${what}: ${why}`.slice(0, 500)
      return null
    }
  }
}

function checkedScore(found: unknown): Score {
  const { outcome, parts } = (found ?? {}) as { outcome?: unknown; parts?: object | null }
  const numbers = [...(outcome == null ? [] : [outcome]), ...Object.values(parts ?? {})]
  const bad = numbers.findIndex(value => !Number.isFinite(value))
  if (bad >= 0) throw new TypeError(`gave ${shown(numbers[bad])}, expected finite numbers`)
  return { ...(outcome !== undefined && { outcome }), parts: { ...parts } } as Score
}

/** What comes of work, or the reason of a signal that aborts before. */
function orAbort<T>(work: Given<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    Promise.resolve(work).then(resolve, reject)
  })
}

function shown(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object' : String(value).slice(0, 80)
}
