// A process that is asked in lines and answers in lines.

import { type ChildProcess, spawn } from 'node:child_process'
import { printable } from '../printable.ts'

/** What was printed, or how the process came to an end. */
export type Event = { readonly line: string } | Ended

/** 'exit code 1', 'SIGKILL', or why it never began. */
interface Ended {
  readonly ended: string
  readonly began: boolean
}

/** One process; its events wait until they are taken. */
export interface Child {
  write(line: string): void
  /** The next event; null where none comes in time. */
  next(milliseconds: number): Promise<Event | null>
  /** What has come and was not taken. */
  pending(): number
  /** Ends it, kindly where there is time. */
  end(patience: number): Promise<void>
}

/** Longer lines are no answers; a process that prints without end must not fill the memory. */
const longest = 1 << 20
const lastWordsMs = 200 // in which the output of a process that is gone is still read

/** Starts a process in a group of its own: an interrupt of the terminal is not for it, and what it starts ends with it. */
export function startChild(
  words: readonly string[],
  cwd: string,
  onError: (line: string) => void,
): Child {
  const [command, ...args] = words as [string, ...string[]]
  const detached = process.platform !== 'win32'
  const env = { ...process.env, PYTHONUNBUFFERED: '1' } // else Python keeps short answers to itself
  const child = spawn(command, args, { cwd, detached, env, stdio: 'pipe' })
  const { tell, next, pending } = mailbox()
  let running = true
  const gone = new Promise<void>(resolve => {
    const ended = (why: string): void => {
      if (running) tell({ ended: why, began: child.pid !== undefined })
      running = false
      resolve()
    }
    child.on('error', error => ended(error.message))
    child.on('close', (code, signal) => ended(signal ?? `exit code ${code}`))
    // what it started and left behind may hold its output open for ever
    child.on('exit', (code, signal) =>
      setTimeout(ended, lastWordsMs, signal ?? `exit code ${code}`),
    )
  })
  child.stdin.on('error', () => {}) // it ended; that is an event
  linesOf(child.stdout, line => tell({ line }))
  linesOf(child.stderr, line => onError(printable(line)))
  const kill = (): void => signalGroup(child, 'SIGKILL')
  process.once('exit', kill)
  return {
    write: line => void child.stdin.write(`${line}\n`),
    next,
    pending,
    end: async patience => {
      process.off('exit', kill)
      child.stdin.end()
      if (running && patience > 0) await Promise.race([gone, after(patience)])
      if (running && patience > 0) {
        signalGroup(child, 'SIGTERM')
        await Promise.race([gone, after(patience)])
      }
      kill() // it, or what it started and left behind
      child.stdout.destroy() // which what it left behind may hold open
      child.stderr.destroy()
      await gone
    },
  }
}

/** Events that wait until they are taken. */
function mailbox(): Pick<Child, 'next' | 'pending'> & { tell(event: Event): void } {
  const events: Event[] = []
  let wake = (): void => {}
  return {
    tell: event => {
      events.push(event)
      wake()
    },
    next: async milliseconds => {
      if (events.length === 0)
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, milliseconds)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      return events.shift() ?? null
    },
    pending: () => events.length,
  }
}

function linesOf(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = ''
  const give = (line: string): void => {
    if (line.trim() !== '') onLine(line)
  }
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!
    if (rest.length > longest) lines.push(rest.slice(0, longest))
    if (rest.length > longest) rest = ''
    for (const line of lines) give(line)
  })
  stream.on('end', () => give(rest))
  stream.on('error', () => {})
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch {} // it is gone
}

function after(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds).unref())
}
