// A command of minform as a process of its own, which does not outlive the study that began it: a run goes on from its
// last checkpoint as if nothing had happened.

import { fork } from 'node:child_process'
import { RunError } from '../../src/errors.ts'

const endsWithUs = `process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))`
const execArgv = [...process.execArgv, '--import', `data:text/javascript,${endsWithUs}`]

/**
 * What a command prints, such as `train grpo --iterations 3`; `program` is the file of minform's command line. One that fails is a
 * RunError with what it said last; one that the signal stopped, after what was in hand, is an AbortError.
 */
export function minform(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted()
  // in a process group of its own: a terminal's Ctrl-C reaches it once, by this process
  const child = fork(program, args, { silent: true, detached: true, execArgv })
  const stop = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  let [out, err] = ['', '']
  child.stdout!.setEncoding('utf8').on('data', text => (out += text))
  child.stderr!.setEncoding('utf8').on('data', text => (err = (err + text).slice(-8000)))
  return new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, killedBy) => {
      if (code === 0) return resolve(out)
      if (signal.aborted) return reject(new DOMException('stopped', 'AbortError'))
      reject(new RunError(killedBy === null ? lastWords(err) : `ended by ${killedBy}`))
    })
  }).finally(() => signal.removeEventListener('abort', stop))
}

/** The message that a command ended with, less the name it begins with. */
function lastWords(err: string): string {
  const said = err.trim().split(/^minform: /m)
  return said.at(-1)!.trim() || 'ended without a word'
}
