// One question to a server until it is answered: results that take long are asked for again and again, what fails for now
// is tried again with growing pauses, and what cannot be known to be undone is never done a second time.

import { setTimeout as sleep } from 'node:timers/promises'
import { EngineError } from '../../errors.ts'
import { told } from '../../http/address.ts'
import { type Received, type Server, send } from '../../http/post.ts'
import { retryAfterMs } from '../../http/retry-after.ts'
import type { Call, Question, Reply } from './dialect.ts'

/** The server forgot what it was working on, or what it did is not known: its model has to be made again. */
export class LostError extends EngineError {
  readonly forgotten: boolean // the server said so

  constructor(message: string, forgotten = false) {
    super(message)
    this.forgotten = forgotten
  }
}

/** How long and how often a server is asked. */
export interface Patience {
  readonly backoffMs: number // before the second attempt, then doubled
  readonly longestBackoffMs: number
  readonly pollMs: number // that one request for a result may wait
  readonly requestMs: number // that any other may take
  readonly resultMs: number // until a result that never comes counts as lost
  readonly goneMs: number // of failures in a row until the server counts as gone
  readonly unpaidMs: number // likewise, while it asks to be paid
}

export const usualPatience: Patience = {
  backoffMs: 500,
  longestBackoffMs: 30_000,
  pollMs: 45_000,
  requestMs: 60_000,
  resultMs: 1_800_000,
  goneMs: 600_000,
  unpaidMs: 3_600_000,
}

/** What is asked may be done twice without harm (`harmless`), or the server knows it again (`repeatable`), or neither. */
export type Repeating = 'harmless' | 'repeatable' | 'never'

export interface Asking {
  readonly repeating: Repeating
  readonly attempts?: number // until it counts as lost; default as often as patience lasts
  readonly signal?: AbortSignal | undefined
}

/** Not answered, for a reason that passes; `undone` where the server surely did nothing. */
interface Again {
  readonly state: 'again'
  readonly why: string
  readonly undone: boolean
  readonly afterMs: number
  readonly unpaid?: boolean
  readonly damaged?: boolean // it made no sense
}

const largestResult = 512 * 2 ** 20 // bytes
const firstContactMs = 10_000 // a wrong address should be told soon
const mostResubmissions = 3
const mostDamaged = 8 // answers in a row that make no sense

/** Questions to one server. */
export class Line {
  readonly shown: string
  readonly server: Server
  private readonly patience: Patience
  private readonly say: (line: string) => void
  private reached = false

  constructor(server: Server, patience: Partial<Patience>, say: (line: string) => void) {
    this.server = server
    this.shown = server.shown
    this.patience = { ...usualPatience, ...patience }
    this.say = say
  }

  /**
   * The answer. Throws LostError where the server forgot the model, or where it cannot be known whether it did what must
   * not be done twice; EngineError where it refuses, or is gone.
   */
  async ask<T>(call: Call<T>, { repeating, attempts = Infinity, signal }: Asking): Promise<T> {
    const asked = new Asked(this.patience, this.reached)
    let question = call.question
    let submitted = false
    const resubmit = (why: string): void => {
      if (repeating !== 'harmless' || ++asked.resubmissions > mostResubmissions)
        throw this.#lost(call, why, true)
      question = call.question
      submitted = false
    }
    for (;;) {
      signal?.throwIfAborted()
      const sent = performance.now()
      const reply = await this.#once(call, question, submitted, signal)
      if (reply.state === 'done') return reply.value
      if (reply.state === 'waiting') {
        submitted = true
        question = reply.next
        if (reply.why !== null) this.#tell(asked, `${call.what} waits: ${reply.why}`)
        if (asked.overdue()) throw this.#lost(call, 'its result never came')
        await asked.pace(performance.now() - sent, signal)
      } else if (reply.state === 'again') {
        if (!reply.undone && !submitted && repeating === 'never') throw this.#lost(call, reply.why)
        if (asked.failed(reply)) throw this.#gone(call, reply)
        if (asked.failures >= attempts) throw this.#lost(call, reply.why)
        if (asked.slow()) this.#tell(asked, `${call.what}: ${reply.why}; trying again`)
        await asked.backOff(reply.afterMs, signal)
      } else {
        const { kind, text } = reply.failure
        if (kind === 'refused' || kind === 'taken')
          throw new RefusedError(this.#message(call, text), kind)
        if (kind === 'full') {
          if (asked.noRoom()) throw this.#full(call, text)
          this.#tell(asked, `${call.what}: ${told(text, this.server.secrets)}; waiting for room`)
          await asked.backOff(0, signal)
          question = call.question
          submitted = false
        } else if (submitted) resubmit(text)
        else throw this.#lost(call, text, true)
      }
    }
  }

  /** Waits before something is tried for the n-th time once more. */
  pause(n: number, signal: AbortSignal | undefined): Promise<void> {
    return pause(backOffMs(this.patience, n), signal)
  }

  /** The name of the result that a question gives; null where it gives none, or is refused. */
  async submit(call: Call<unknown>, signal: AbortSignal | undefined): Promise<string | null> {
    const named: Call<string | null> = {
      ...call,
      read: (answer, to) => {
        const reply = call.read(answer, to)
        const name = reply.state === 'waiting' ? JSON.stringify(reply.next) : null
        return reply.state === 'failed' && reply.failure.kind !== 'taken'
          ? reply
          : { state: 'done', value: name }
      },
    }
    return this.ask(named, { repeating: 'harmless', signal })
  }

  /** What lies at an address that the server names; its key goes along where that is its own. */
  fetch(location: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const url = new URL(location, this.server.url)
    const own = url.origin === new URL(this.server.url).origin
    const there = { ...this.server, url: url.href, headers: own ? this.server.headers : {} }
    const call: Call<Uint8Array> = {
      what: 'download',
      question: { path: '', body: null },
      read: ({ status, bytes }) =>
        status === 200
          ? { state: 'done', value: bytes }
          : { state: 'failed', failure: { kind: kindOf(status), text: `${status}` } },
    }
    const { patience, say } = this
    return new Line(there, patience, say).ask(call, { repeating: 'harmless', attempts: 5, signal })
  }

  async #once<T>(
    call: Call<T>,
    question: Question,
    submitted: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Reply<T> | Again> {
    const timeoutMs = submitted ? this.patience.pollMs : this.patience.requestMs
    const { path, body, method, headers = {} } = question
    let answer: Received
    try {
      const largest = largestResult
      const sending = { path, body, method, headers, timeoutMs, largest, signal }
      answer = await send(this.server, sending)
    } catch (error) {
      signal?.throwIfAborted()
      if ((error as Error).name === 'TimeoutError' && submitted)
        return { state: 'waiting', next: question, why: null }
      const why = whyOf(error)
      return again(
        why,
        neverArrived.some(code => why.includes(code)),
      )
    }
    this.reached = true
    const { status } = answer
    const afterMs = retryAfterMs(answer.headers)
    if (status === 429) return { ...again('it has too much to do (429)', true), afterMs }
    if (status === 402) {
      const unpaid = again('it asks to be paid first (402)', true)
      return { ...unpaid, afterMs: Math.max(afterMs, 10 * this.patience.backoffMs), unpaid: true }
    }
    if (status === 410) return { state: 'failed', failure: { kind: 'lost', text: 'it expired' } }
    if (status === 408 && !submitted) return again('it gave up waiting (408)', false)
    try {
      const reply = call.read(answer, question)
      if (reply.state === 'failed' && reply.failure.kind === 'broken' && status >= 500)
        return again(reply.failure.text, false)
      return reply
    } catch {
      const which = status === 200 ? '' : ` (${status})`
      return { ...again(`its answer${which} is damaged`, false), damaged: true }
    }
  }

  #tell(asked: Asked, what: string): void {
    if (asked.told.has(what)) return
    asked.told.add(what)
    this.say(`${this.shown}: ${told(what, this.server.secrets)}`)
  }

  #message({ what }: Call<unknown>, text: string): string {
    return `${this.shown}: ${what}: ${told(text, this.server.secrets)}`
  }

  #lost(call: Call<unknown>, why: string, forgotten = false): LostError {
    return new LostError(this.#message(call, why), forgotten)
  }

  #full(call: Call<unknown>, why: string): EngineError {
    const wait =
      'it has had no room for as long as is waited; unload a model there, or give it more'
    return new EngineError(`${this.#message(call, why)}; ${wait}`)
  }

  #gone(call: Call<unknown>, { why, unpaid, damaged }: Again): EngineError {
    const asks = unpaid
      ? 'pay, and go on from the last checkpoint'
      : damaged
        ? 'does it speak the Tinker protocol, of this version?'
        : this.reached
          ? 'start the server again, with the states that it saved, and go on from the last checkpoint'
          : 'is it running, and is this its address?'
    return new EngineError(`${this.#message(call, why)}; ${asks}`)
  }
}

/** The server will not do it, now or later. */
export class RefusedError extends EngineError {
  readonly kind: 'refused' | 'taken'

  constructor(message: string, kind: 'refused' | 'taken' = 'refused') {
    super(message)
    this.kind = kind
  }
}

/** How one question has gone so far. */
class Asked {
  resubmissions = 0
  readonly told = new Set<string>()
  private readonly patience: Patience
  private readonly goneMs: number
  private readonly began = performance.now()
  private failedSince: number | null = null
  failures = 0 // in a row
  private quick = 0
  private full = 0
  private fullSince: number | null = null
  private damaged = 0 // in a row

  constructor(patience: Patience, reached: boolean) {
    this.patience = patience
    this.goneMs = reached ? patience.goneMs : Math.min(patience.goneMs, firstContactMs)
  }

  /** Counts a failure; true where there have been enough. */
  failed({ unpaid, damaged }: Again): boolean {
    this.failures++
    this.failedSince ??= performance.now()
    this.damaged = damaged ? this.damaged + 1 : 0
    if (this.damaged >= mostDamaged) return true
    const most = unpaid ? this.patience.unpaidMs : this.goneMs
    return performance.now() - this.failedSince > most
  }

  /** Counts a time without room, which the server said only after it took the question; true where that was often enough. */
  noRoom(): boolean {
    this.failures = ++this.full
    this.fullSince ??= performance.now()
    return performance.now() - this.fullSince > this.goneMs
  }

  overdue(): boolean {
    return performance.now() - this.began > this.patience.resultMs
  }

  slow(): boolean {
    return this.failures > 3
  }

  /** Before a result is asked for again: at once where the server held the last request, else a pause that grows. */
  async pace(tookMs: number, signal: AbortSignal | undefined): Promise<void> {
    this.failures = 0
    this.failedSince = null
    const { backoffMs } = this.patience
    this.quick = tookMs < backoffMs / 2 ? this.quick + 1 : 0
    if (this.quick > 1) await pause(Math.min(backoffMs, (backoffMs / 16) * this.quick), signal)
  }

  backOff(afterMs: number, signal: AbortSignal | undefined): Promise<void> {
    const asked = Math.min(afterMs, this.patience.longestBackoffMs)
    return pause(Math.max(backOffMs(this.patience, this.failures), asked), signal)
  }
}

function kindOf(status: number): 'refused' | 'broken' {
  return status >= 500 ? 'broken' : 'refused'
}

function backOffMs({ backoffMs, longestBackoffMs }: Patience, n: number): number {
  return Math.min(longestBackoffMs, backoffMs * 2 ** (n - 1))
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal && { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}

function again(why: string, undone: boolean): Again {
  return { state: 'again', why, undone, afterMs: 0 }
}

/** Failures of a connection before anything could be sent over it. */
const neverArrived = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']

function whyOf(error: unknown): string {
  if ((error as Error).name === 'TimeoutError') return 'no answer in time'
  const cause = (error as Error).cause as (Error & { code?: string }) | undefined
  return `no connection (${cause?.code ?? cause?.message ?? (error as Error).message})`
}
