// Metrics on their way to loggers. A run only hands them over: what is slow, hangs or fails is waited for here, behind it.

import { setTimeout as sleep } from 'node:timers/promises'
import { linked, within } from '../http/deadline.ts'
import type { MetricsLine } from '../runs/writer.ts'
import type { Ended, LoggedRun, Logger, LoggerKind } from './logger.ts'

/** How long loggers are waited for. */
export interface LoggingTimes {
  readonly attemptMs: number // one attempt to hand over what there is
  readonly againMs: number // before the next one where it failed, then doubled up to a minute
  readonly endMs: number // all that is left, once the run is over
}

/** What a logger did not take. */
export interface Unlogged {
  readonly logger: string
  readonly failures: number // attempts
  readonly lines: number // that it has not got
  readonly why: string // of the last one
}

export interface Logging {
  /** Hands a line over; one of an iteration that was there replaces it and what came after. Never waits, never throws. */
  line(line: MetricsLine): void
  /** Waits a little for what is left, and says which loggers failed. */
  end(ended: Ended): Promise<readonly Unlogged[]>
}

const usual: LoggingTimes = { attemptMs: 20_000, againMs: 1000, endMs: 5000 }
const longestWait = 60_000 // ms

/** Hands the lines of a run to loggers, which first get those that are there. `warn` is told of each that fails, once. */
export function logging(
  kinds: readonly LoggerKind[],
  run: LoggedRun,
  history: readonly MetricsLine[],
  warn: (logger: string, why: string) => void,
  times: LoggingTimes = usual,
): Logging {
  const ways = kinds.map(kind => new Way(kind, run, history, warn, times))
  return {
    line: line => {
      for (const way of ways) way.add(line)
    },
    end: async ended => {
      const left = await Promise.all(ways.map(way => way.end(ended)))
      return left.filter(({ failures, lines }) => failures > 0 || lines > 0)
    },
  }
}

/** The way of one logger: what it should have, and how much of that it has. */
class Way {
  private readonly lines: MetricsLine[]
  private logger: Logger | null = null
  private sent = 0
  private isBack = false // whether it has lines that are void
  private failures = 0
  private why = ''
  private working: Promise<void> | null = null
  private readonly over = new AbortController()
  private readonly closing = new AbortController()
  private readonly kind: LoggerKind
  private readonly run: LoggedRun
  private readonly warn: (logger: string, why: string) => void
  private readonly times: LoggingTimes

  constructor(
    kind: LoggerKind,
    run: LoggedRun,
    history: readonly MetricsLine[],
    warn: (logger: string, why: string) => void,
    times: LoggingTimes,
  ) {
    ;[this.kind, this.run, this.warn, this.times] = [kind, run, warn, times]
    this.lines = [...history]
    this.work()
  }

  add(line: MetricsLine): void {
    while ((this.lines.at(-1)?.iteration ?? -1) >= line.iteration) this.lines.pop()
    if (this.sent > this.lines.length) [this.sent, this.isBack] = [this.lines.length, true]
    this.lines.push(line)
    this.work()
  }

  async end(ended: Ended): Promise<Unlogged> {
    this.closing.abort() // nothing is waited for any more between attempts
    await within(this.times.endMs, undefined, async signal => {
      signal.addEventListener('abort', () => this.over.abort(signal.reason), { once: true })
      await this.working
      if (!this.isDone() && !signal.aborted) await this.attempt()
      if (this.isDone()) await this.attempt(async (logger, own) => logger.end(ended, own))
    }).catch(() => {})
    const { failures, why } = this
    return { logger: this.kind.shown, failures, lines: this.lines.length - this.sent, why }
  }

  private isDone(): boolean {
    return this.logger !== null && !this.isBack && this.sent === this.lines.length
  }

  /** Hands over until all is there, once at a time. */
  private work(): void {
    this.working ??= this.untilDone().finally(() => {
      this.working = null
    })
  }

  private async untilDone(): Promise<void> {
    let wait = this.times.againMs
    while (!this.isDone() && !this.closing.signal.aborted) {
      if (await this.attempt()) continue
      await sleep(wait, undefined, { signal: this.closing.signal, ref: false }).catch(() => {})
      wait = Math.min(longestWait, 2 * wait)
    }
  }

  /** Whether an attempt worked; after one that did not nobody knows what is there, and the logger is opened anew. */
  private async attempt(
    last?: (logger: Logger, signal: AbortSignal) => Promise<void>,
  ): Promise<boolean> {
    try {
      await linked(this.over.signal, outer =>
        within(this.times.attemptMs, outer.signal, signal =>
          Promise.race([this.handOver(signal, last), aborted(signal)]),
        ),
      )
      return true
    } catch (error) {
      this.logger = null
      this.why = (error as Error).message
      if (this.failures++ === 0) this.warn(this.kind.shown, this.why)
      return false
    }
  }

  private async handOver(
    signal: AbortSignal,
    last?: (logger: Logger, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const all = [...this.lines]
    let { logger } = this
    if (logger === null) {
      logger = await this.kind.open(this.run, all, signal)
    } else if (!this.isDone()) {
      const kept = all.slice(0, this.sent)
      if (this.isBack) await logger.rewind(kept, signal)
      await logger.write(all.slice(kept.length), signal)
    }
    if (signal.aborted) return // too late: what it has is not known any more
    this.logger = logger
    this.got(all)
    await last?.(logger, signal)
  }

  /** The logger has these lines; in the meantime more may have come, or some may have been taken back. */
  private got(all: readonly MetricsLine[]): void {
    let same = 0
    while (same < all.length && this.lines[same] === all[same]) same++
    ;[this.sent, this.isBack] = [same, same < all.length]
  }
}

/** Rejects when a signal aborts: what does not listen to it is not waited for. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
  })
}
