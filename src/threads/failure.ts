import { ConfigError, DataError, EngineError, RunError, VerifierError } from '../errors.ts'

/** An error on its way from one thread to another, where it loses its class. */
export interface Failure {
  readonly name: string
  readonly message: string
}

const kinds = { ConfigError, DataError, EngineError, RunError, VerifierError }

/** What was thrown, as another thread is told of it. */
export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown) }
  return { name: thrown.name, message: thrown.message }
}

/** What another thread threw, in its own class again where that is one of ours or an abort; else what `otherwise` makes of it. */
export function revived(
  { name, message }: Failure,
  otherwise: (message: string) => Error = message => Object.assign(new Error(message), { name }),
): Error {
  if (name === 'AbortError') return new DOMException(message, name)
  const kind = Object.hasOwn(kinds, name) ? kinds[name as keyof typeof kinds] : null
  return kind === null ? otherwise(message) : new kind(message)
}

/** A thread, as far as it tells how it ends: a Worker, whose type a user of the library's types may not have. */
interface Ending {
  once(event: 'error', listener: (thrown: unknown) => void): unknown
  once(event: 'exit', listener: (code: number) => void): unknown
}

/** Tells, once, how a thread has ended, in words that follow its name. */
export function onEnd(worker: Ending, tell: (how: string) => void): void {
  let told = false
  const once = (how: string): void => {
    if (!told) tell(how)
    told = true
  }
  worker.once('error', thrown => once(`ended its thread: ${failureOf(thrown).message}`))
  worker.once('exit', code => once(`ended its thread, exit code ${code}`))
}
