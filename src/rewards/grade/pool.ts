// Grading many answers safely. What is cheap and bounded is graded here; what needs the algebra
// library, or is long, goes to a thread that is ended when its budget is spent.

import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { Piscina } from 'piscina'
import { threadArguments } from '../../threads/thread.ts'
import { type GradeRequest, judge } from './grade.ts'
import { type Policy, type PolicyName, policies } from './policy.ts'
import { type Grade, wrong } from './verdict.ts'
import type { Task } from './worker.ts'

export interface GradingPoolOptions {
  /** Threads that may be at work at once. Default 1. */
  readonly threads?: number
  /** Milliseconds that one grading may take in a thread, the thread's start among them. Default 5,000. */
  readonly budget?: number
}

/** Grades batches, in order; never throws on any text. Threads start when first needed and end when idle. */
export interface GradingPool {
  grade(
    requests: readonly GradeRequest[],
    policy?: Policy | PolicyName,
    signal?: AbortSignal,
  ): Promise<readonly Grade[]>
  close(): Promise<void>
}

const breath = 64 // gradings after which other work of this thread gets its turn
const idle = 500 // milliseconds after which a thread without work ends
const memory = 512 // MB of a thread

/** A pool; it holds nothing until something needs a thread. */
export function gradingPool({ threads = 1, budget = 5000 }: GradingPoolOptions = {}): GradingPool {
  let opened: Promise<Piscina<Task, Grade>> | null = null
  const ask = async (task: Task, fallback: Grade): Promise<Grade> => {
    opened ??= open(threads)
    const pool = await opened
    const spent = new AbortController()
    const timer = setTimeout(() => spent.abort(), budget)
    try {
      return await pool.run(task, { name: 'work', signal: spent.signal })
    } catch (error) {
      return lost(error, fallback)
    } finally {
      clearTimeout(timer)
    }
  }
  // as many at a time as there are threads, so that waiting does not count against the budget
  const lanes: Promise<unknown>[] = Array.from({ length: threads }, () => Promise.resolve())
  const queued = (task: Task, fallback: Grade): Promise<Grade> => {
    const verdict = lanes.shift()!.then(() => ask(task, fallback))
    lanes.push(verdict)
    return verdict
  }
  return {
    async grade(requests, policy = 'reward', signal) {
      const chosen = typeof policy === 'string' ? policies[policy] : policy
      const verdicts: (Grade | Promise<Grade>)[] = []
      for (const [i, request] of requests.entries()) {
        if (i % breath === breath - 1) await new Promise(resolve => setImmediate(resolve))
        signal?.throwIfAborted()
        const { grade, open } = judge(request, chosen, 'quick')
        verdicts.push(open ? queued({ request, policy: chosen }, grade) : grade)
      }
      return Promise.all(verdicts)
    },
    async close() {
      await (await opened)?.destroy()
      opened = null
    },
  }
}

async function open(threads: number): Promise<Piscina<Task, Grade>> {
  const { Piscina } = await import('piscina')
  const source = import.meta.url.endsWith('.ts') // nothing is built: threads need a loader, too
  const pool = new Piscina<Task, Grade>({
    filename: new URL(source ? './worker.ts' : './worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: idle,
    resourceLimits: { maxOldGenerationSizeMb: memory },
    execArgv: source ? ['--import', loader()] : threadArguments(),
  })
  pool.on('error', () => {}) // each task hears of it, too
  return pool
}

/** A module that gives a thread the loader of TypeScript; the loader's own flag leaves threads out. */
function loader(): string {
  const folder = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'))
  const tsx = new URL('./dist/esm/api/index.mjs', folder)
  return `data:text/javascript,${encodeURIComponent(`(await import('${tsx}')).register()`)}`
}

/** The verdict where a thread was ended, or failed: what was found without it, if that was equality. */
function lost(error: unknown, fallback: Grade): Grade {
  const { name, code } = error as NodeJS.ErrnoException
  const spent = name === 'AbortError' ? 'timeout' : null
  const full = code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'too-large' : null
  return fallback.correct === true ? fallback : wrong(spent ?? full ?? 'failed')
}
