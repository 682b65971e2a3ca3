// Calls of a reward, in a thread that is ended and started again where one of them holds it.

import type { Worker } from 'node:worker_threads'
import { ConfigError, VerifierError } from '../errors.ts'
import type { Judged } from '../rewards/counting.ts'
import type { Answer } from '../rewards/grader.ts'
import { printable } from '../rewards/printable.ts'
import { onEnd, revived } from '../threads/failure.ts'
import { startThread } from '../threads/thread.ts'
import type { Code } from './load.ts'
import type { FromThread, ToThread } from './reward-thread.ts'

const atOnce = 8 // calls: rewards that wait for somebody else wait side by side
const pongMs = 500 // in which a thread answers, unless a call does not let it
const memory = 2048 // MB of the thread
const endsInARow = 8 // of threads, before anything is judged
const saidLines = 20

interface Call {
  readonly answer: Answer
  readonly settle: (judged: Judged) => void
  readonly fail: (error: unknown) => void
  alone: boolean // no other call beside it, so that it is known which one ends the thread
  timer: NodeJS.Timeout | null // runs from the moment that the thread begins it
}

/** A reward's file in a thread. */
export class RewardCalls {
  private readonly file: string
  private readonly timeoutMs: number
  private readonly say: (line: string) => void
  private readonly waiting: Call[] = []
  private readonly given = new Map<number, Call>() // to the thread
  private readonly listening: (() => void)[] = [] // for an answer to a ping
  private worker: Worker | null = null
  private broken: unknown = null // why nothing more is judged
  private ids = 0
  private ends = 0
  private said = 0

  constructor(file: string, timeoutMs: number, say: (line: string) => void) {
    this.file = file
    this.timeoutMs = timeoutMs
    this.say = say
  }

  /** Starts the thread; a file that cannot be used is a ConfigError. Returns the code that it is made of. */
  async start(): Promise<Code> {
    const worker = startThread(import.meta.url, 'reward-thread', {
      workerData: { file: this.file },
      resourceLimits: { maxOldGenerationSizeMb: memory },
      stdout: true,
      stderr: true,
    })
    for (const stream of [worker.stdout, worker.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => this.print(text))
    const first = await new Promise<FromThread>((resolve, reject) => {
      worker.once('message', resolve)
      onEnd(worker, how => reject(new ConfigError(`${this.file}: ${how}, while it was loaded`)))
    })
    if (first.kind !== 'loaded') {
      await worker.terminate()
      throw first.kind === 'unloadable'
        ? revived(first.failure, message => new ConfigError(message))
        : new ConfigError(`${this.file}: not loaded`)
    }
    worker.on('message', (message: FromThread) => this.hear(message))
    onEnd(worker, how => this.ended(worker, how))
    this.worker = worker
    return first.code
  }

  judge(answer: Answer): Promise<Judged> {
    return new Promise((settle, fail) => {
      if (this.broken !== null) return fail(this.broken)
      this.waiting.push({ answer, settle, fail, alone: false, timer: null })
      this.send()
    })
  }

  async close(): Promise<void> {
    const { worker } = this
    this.worker = null
    this.giveUp(new VerifierError(`${this.file}: closed`))
    await worker?.terminate()
  }

  private send(): void {
    while (this.worker !== null && this.waiting.length > 0 && this.given.size < atOnce) {
      const next = this.waiting[0]!
      const aloneNow = [...this.given.values()].some(({ alone }) => alone)
      if (this.given.size > 0 && (next.alone || aloneNow)) return
      this.waiting.shift()
      this.given.set(++this.ids, next)
      const { rollout, problem } = next.answer
      const call: ToThread = { kind: 'call', id: this.ids, rollout, problem }
      this.worker.postMessage(call)
    }
  }

  private hear(message: FromThread): void {
    if (message.kind === 'pong') for (const heard of this.listening.splice(0)) heard()
    if (message.kind === 'judged') {
      this.ends = 0
      this.done(message.id, message.judged)
    }
    const call = message.kind === 'started' ? this.given.get(message.id) : undefined
    if (call && message.kind === 'started')
      call.timer = setTimeout(() => void this.overdue(message.id), this.timeoutMs)
  }

  private done(id: number, judged: Judged): void {
    const call = this.given.get(id)
    if (call === undefined) return // it was given up
    clearTimeout(call.timer ?? undefined)
    this.given.delete(id)
    call.settle(judged)
    this.send()
  }

  /** A call that only waits is given up; one that holds the thread ends it. */
  private async overdue(id: number): Promise<void> {
    const { worker } = this
    if (worker === null || !this.given.has(id)) return
    const listens = await new Promise<boolean>(resolve => {
      const timer = setTimeout(resolve, pongMs, false)
      this.listening.push(() => {
        clearTimeout(timer)
        resolve(true)
      })
      worker.postMessage({ kind: 'ping' } satisfies ToThread)
    })
    const why = `no answer within ${this.timeoutMs / 1000} s`
    if (listens) this.done(id, { failed: why })
    else this.ended(worker, why)
  }

  /** A call that was begun alone has ended the thread; of several, each is asked again alone. */
  private ended(worker: Worker, why: string): void {
    if (worker !== this.worker) return
    this.worker = null
    void worker.terminate()
    const calls = [...this.given.values()]
    const begun = calls.filter(({ timer }) => timer !== null)
    const again = begun.length === 1 ? calls.filter(call => call !== begun[0]) : calls
    for (const call of calls) clearTimeout(call.timer ?? undefined)
    this.given.clear()
    for (const call of again) call.alone ||= call.timer !== null
    for (const call of again) call.timer = null
    this.waiting.unshift(...again)
    if (begun.length === 1) begun[0]!.settle({ failed: why })
    if (++this.ends >= endsInARow)
      this.giveUp(new VerifierError(`${this.file}: ${why}, ${this.ends} times in a row`))
    else
      this.start().then(
        () => this.send(),
        error => this.giveUp(error),
      )
  }

  private giveUp(error: unknown): void {
    this.broken = error
    const calls = [...this.given.values(), ...this.waiting.splice(0)]
    this.given.clear()
    for (const { timer, fail } of calls) {
      clearTimeout(timer ?? undefined)
      fail(error)
    }
  }

  private print(text: string): void {
    for (const line of text.split('\n'))
      if (line.trim() !== '' && this.said++ < saidLines) this.say(printable(line))
  }
}
