import { setTimeout as wait } from 'node:timers/promises'
import { ConfigError, VerifierError } from '../../errors.ts'
import type { Judged } from '../counting.ts'
import { printable } from '../printable.ts'
import { type Child, type Event, startChild } from './child.ts'

const startMs = 30_000 // that the first answer of a fresh process may take beside its time
const mostAhead = 64 // questions that wait in its input
const troublesInARow = 5 // deaths, and lines that are no answers
const timeoutsInARow = 16
const backoffMs = 100 // after the first death, then twice as long each
const moreMs = 5
const saidLines = 20 // of standard error; what comes after is not told
const graceMs = 1000 // to end by itself, and again after SIGTERM

/** What a process is expected to do, where it does something else. */
const expected = {
  slow: 'it must answer each line at once, and flush its output',
  garbage:
    'expected {"correct": true | false | null} or {"score": number | null}, and nothing else on standard output',
  death: 'it must go on until its input ends',
}

/** How an exchange of questions and answers came to its end. */
type End = 'done' | { readonly trouble: keyof typeof expected; readonly why: string }

interface Manner {
  readonly cwd: string
  readonly timeoutMs: number
  readonly say: (line: string) => void
}

/** Asks a process, and starts it again where it ends, hangs or prints what is no answer. */
export class Asking {
  private readonly words: readonly string[]
  private readonly name: string
  private readonly manner: Manner
  private child: Child | null = null
  private fresh = true // has not answered yet
  private said = 0
  private lastSaid: string | null = null

  constructor(words: readonly string[], name: string, manner: Manner) {
    this.words = words
    this.name = name
    this.manner = manner
  }

  /** An answer to each line, in order. */
  async ask(lines: readonly string[], signal?: AbortSignal): Promise<Judged[]> {
    const out: Judged[] = []
    let [troubles, timeouts, triedAgain, ahead] = [0, 0, -1, mostAhead]
    while (out.length < lines.length) {
      signal?.throwIfAborted()
      const at = out.length
      const end = await this.exchange(lines.slice(at), out, ahead)
      if (end === 'done') continue
      await this.stop(0)
      if (ahead > 1) {
        ahead = 1 // an answer may have been left out, and those after it belong to others: each is asked for alone
        out.length = at
        continue
      }
      if (out.length > at) [troubles, timeouts] = [0, 0]
      if (end.trouble === 'slow') timeouts++
      else troubles++
      const said = this.lastSaid === null ? '' : `; standard error: ${this.lastSaid}`
      const why = `${end.why}${said}; ${expected[end.trouble]}`
      if (troubles >= troublesInARow || timeouts >= timeoutsInARow)
        throw new VerifierError(`${this.name}: ${why}`)
      if (end.trouble === 'death' && triedAgain !== out.length) triedAgain = out.length
      else out.push({ failed: why })
      if (end.trouble === 'death') await wait(backoffMs * 2 ** (troubles - 1))
    }
    return out
  }

  close(): Promise<void> {
    return this.stop(graceMs)
  }

  /** Asks until all is answered or something goes wrong, which is about the question after the last answer. */
  private async exchange(lines: readonly string[], out: Judged[], ahead: number): Promise<End> {
    const child = await this.running()
    let sent = 0
    for (let i = 0; i < lines.length; i++) {
      for (; sent < Math.min(lines.length, i + ahead); sent++) child.write(lines[sent]!)
      const limit = this.manner.timeoutMs + (this.fresh ? startMs : 0)
      const event = await child.next(limit)
      if (event === null) return { trouble: 'slow', why: `no answer within ${limit / 1000} s` }
      if ('ended' in event) {
        if (!event.began) throw new ConfigError(`${this.name}: it cannot be run: ${event.ended}`)
        return { trouble: 'death', why: `it ended (${event.ended})` }
      }
      const judged = verdictOf(event.line)
      if (judged === undefined)
        return { trouble: 'garbage', why: `it printed ${JSON.stringify(printable(event.line))}` }
      out.push(judged)
      this.fresh = false
    }
    await wait(moreMs) // what it prints too much comes at once, or is found before the next question
    if (child.pending() > 0) await this.unasked(await child.next(0))
    return 'done'
  }

  /** The process, started where there is none. */
  private async running(): Promise<Child> {
    if (this.child !== null && this.child.pending() > 0)
      await this.unasked(await this.child.next(0))
    if (this.child === null) {
      this.fresh = true
      this.child = startChild(this.words, this.manner.cwd, line => this.hear(line))
    }
    return this.child
  }

  /** A process may end between questions; a line that answers none makes all others doubtful. */
  private async unasked(event: Event | null): Promise<void> {
    await this.stop(0)
    if (event !== null && 'ended' in event) return
    throw new VerifierError(
      `${this.name}: it printed more lines than it was asked for, so none can be believed; one line of input, one of output`,
    )
  }

  private async stop(patience: number): Promise<void> {
    const { child } = this
    this.child = null
    await child?.end(patience)
  }

  private hear(line: string): void {
    this.lastSaid = line
    if (++this.said <= saidLines) this.manner.say(`verifier: ${line}`)
    if (this.said === saidLines) this.manner.say('verifier: what else it prints is not shown')
  }
}

/** What a line says of an answer; undefined where it is none. */
function verdictOf(line: string): number | null | undefined {
  try {
    const { correct, score } = JSON.parse(line) as { correct?: unknown; score?: unknown }
    if (typeof score === 'number' && typeof correct === 'boolean' && score > 0.5 !== correct)
      return undefined // nobody knows which of both is meant
    if (score === null || typeof score === 'number') return score
    if (correct === null) return null
    return typeof correct === 'boolean' ? Number(correct) : undefined
  } catch {
    return undefined
  }
}
