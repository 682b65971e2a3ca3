// Code of a policy's runs here: in a process of its own, in WebAssembly, within bounds. A process that does not answer is ended.

import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { VerifierError } from '../errors.ts'
import type { Asked, Bounds, Job, Ran, Told } from './job.ts'

/** `milliseconds` from the moment that a job begins its process is ended; default 10,000. */
export type SandboxOptions = Partial<Bounds>

/** Runs code, one job at a time, in order. */
export interface Sandbox {
  /**
   * What a job came to. A VerifierError where that is not known: its process had no answer in time, or ended; the next job has
   * a new one.
   */
  run(job: Job, signal?: AbortSignal): Promise<Ran>
  /** Ends the process; a sandbox that is not closed holds up nothing, and ends with this process. */
  close(): Promise<void>
}

const startMs = 60_000
const lastWords = 300 // characters of what it printed
const heap = 256 // MB of the process beside the memory of the code

/** A sandbox; its process starts with the first job. */
export function sandbox({
  operations = 20_000_000,
  megabytes = 64,
  characters = 100_000,
  milliseconds = 10_000,
}: SandboxOptions = {}): Sandbox {
  // the process ends by itself, later, where nobody is left to end it
  const bounds: Bounds = { operations, megabytes, characters, milliseconds: 2 * milliseconds }
  let child: Child | null = null
  let turn: Promise<unknown> = Promise.resolve()
  const ask = async (job: Job, signal?: AbortSignal): Promise<Ran> => {
    signal?.throwIfAborted()
    if (child === null || child.gone) child = new Child()
    return child.run({ job, bounds }, milliseconds, signal)
  }
  return {
    run(job, signal) {
      const mine = turn.then(() => ask(job, signal))
      turn = mine.catch(() => {})
      return mine
    },
    async close() {
      await turn
      child?.end()
      child = null
    },
  }
}

type Event = Told | { readonly kind: 'gone'; readonly how: string }

/** A process that code runs in. */
class Child {
  gone = false
  private readonly process: ChildProcess
  private hear: (event: Event) => void = () => {}
  private lastWords = ''

  constructor() {
    const source = import.meta.url.endsWith('.ts')
    const file = new URL(source ? './child.ts' : './child.js', import.meta.url)
    this.process = fork(fileURLToPath(file), {
      env: {},
      execArgv: [`--max-old-space-size=${heap}`, ...(source ? ['--import', loader()] : [])],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.process.on('message', (told: Told) => this.hear(told))
    this.process.on('error', error => this.left(error.message))
    this.process.on('exit', (code, signal) => this.left(`ended: ${signal ?? `exit code ${code}`}`))
    this.process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.lastWords = text.trim().slice(-lastWords)
    })
  }

  async run(asked: Asked, milliseconds: number, signal?: AbortSignal): Promise<Ran> {
    const stop = (): void => this.end('was aborted')
    const late = (): void => this.end(`had no answer within ${milliseconds / 1000} s`)
    let timer = setTimeout(() => this.end('did not start'), startMs)
    signal?.addEventListener('abort', stop, { once: true })
    this.hold(true)
    try {
      return await new Promise<Ran>((resolve, reject) => {
        const fail = (why: string): void => reject(new VerifierError(`the sandbox ${why}`))
        this.hear = event => {
          if (event.kind === 'begun') {
            clearTimeout(timer)
            timer = setTimeout(late, milliseconds)
          } else if (event.kind === 'ran') resolve(event.ran)
          else if (event.kind === 'broken') fail(`could not run it: ${event.message}`)
          else fail(`${event.how}${this.lastWords && `: ${this.lastWords}`}`)
        }
        this.process.send(asked, error => error && this.left(error.message))
      })
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      this.hold(false)
    }
  }

  end(why = 'was closed'): void {
    this.left(why)
    this.process.kill('SIGKILL')
  }

  private left(how: string): void {
    if (this.gone) return
    this.gone = true
    this.hear({ kind: 'gone', how })
  }

  /** Whether this process waits for that one before it ends. */
  private hold(on: boolean): void {
    const { process: child } = this
    const stderr = child.stderr as unknown as NodeJS.RefCounted
    for (const one of [child, child.channel, stderr]) on ? one?.ref() : one?.unref()
  }
}

/** The loader of TypeScript, where nothing is built. */
function loader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
}
