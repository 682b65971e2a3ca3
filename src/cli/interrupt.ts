// What ends a program from outside. The first signal lets it keep what is in hand; a second one ends it at once.

import { constants } from 'node:os'
import { releaseLocks } from '../runs/lock.ts'
import { ProcessEnd } from './process-end.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

/**
 * Does work that signals stop: the first one aborts what `work` is given, with the error of `stopped` as its reason; any
 * second one ends the process by itself. What `work` throws for being aborted is thrown as that reason.
 */
export async function stoppable<T>(
  work: (signal: AbortSignal) => Promise<T>,
  say: (line: string) => void = line => void process.stderr.write(`${line}\n`),
): Promise<T> {
  const controller = new AbortController()
  const { signal } = controller
  const onSignal = (name: NodeJS.Signals): void => {
    if (signal.aborted) {
      endBy(name)
      return
    }
    controller.abort(stopped(name))
    say('stopping after what is in hand; Ctrl-C again stops at once')
  }
  for (const name of signals) process.on(name, onSignal)
  const release = (): void => {
    for (const name of signals) process.off(name, onSignal)
  }
  try {
    return await work(signal)
  } catch (error) {
    throw signal.aborted && isAbort(error) ? signal.reason : error
  } finally {
    release()
  }

  // by the signal itself: an exit would wait for, or tear down, threads that are inside the tensor library
  function endBy(name: NodeJS.Signals): void {
    release()
    releaseLocks()
    process.kill(process.pid, name)
  }
}

/** How a program ends that a signal stopped: as a shell tells that signal. */
export function stopped(name: NodeJS.Signals): ProcessEnd {
  const why = { SIGINT: 'interrupted', SIGTERM: 'terminated', SIGHUP: 'hung up' } as const
  const message = why[name as keyof typeof why] ?? `stopped by ${name}`
  return new ProcessEnd(message, 128 + constants.signals[name])
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
